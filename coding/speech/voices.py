"""Which of a few voices speaks when: windows of speech in clusters, then every frame by timbre and by window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
FRAME = 0.02
"""Seconds."""
WINDOW_FRAMES = 80
"""Frames in a window: 1.6 seconds."""

# Set on mixes of read speech and synthetic voices, and checked on a telephone call.
_WINDOW_WEIGHT = 24.0  # of the difference in likeness to a voice, against a frame's log likelihood
_TIMBRE_WEIGHT = 0.8
_CHANGE, _CHANGE_AT_PAUSE = 40.0, 10.0  # what a change of voice costs
_FIRST_SCALE, _FIRST_CHANGE = 20.0, 2.0  # the same while only the windows speak
_PURE = 0.9  # share of a window that is one voice, for the window to say what that voice is like
_LEAST_PURE = 3
_ROUNDS = 3
_LEAST_FRAMES = 75  # of one voice, to learn its timbre from
_MOST_FRAMES = 6_000
_MOST_WINDOWS = 4_000
_COMPONENTS, _FRAMES_A_COMPONENT = 8, 75
_FRAMES_AT_ONCE = 50_000


@dataclass(frozen=True)
class Voiced:
    """Speech without its pauses, a frame every FRAME seconds. `timbre` is (frames, numbers), `level` (frames,) the log
    of its power, `after_pause` (frames,) whether speech begins anew; `windows` are (windows, 256) as a `VoiceEncoder`
    makes them, each of the WINDOW_FRAMES from its place in `starts` on; `spans` (windows, 2) are the frames for which
    each of them stands, from one to before another, so that every frame is in one."""

    timbre: NDArray[np.float16]
    level: NDArray[np.float16]
    after_pause: NDArray[np.bool_]
    windows: Floats
    starts: NDArray[np.int64]
    spans: NDArray[np.int64]


def voices_of(voiced: Voiced, speakers: int) -> Labels:
    """For each frame the number of its voice, from 0; fewer voices than `speakers` where there is too little speech."""
    frames = len(voiced.timbre)
    if speakers < 2 or len(voiced.windows) < speakers + 2:
        return np.zeros(frames, np.int64)
    middles = _clusters(voiced.windows, speakers)
    change = np.where(voiced.after_pause, _CHANGE_AT_PAUSE, _CHANGE)
    labels = most_likely_voices(_FIRST_SCALE * _by_frame(voiced, middles, frames), np.full(frames, _FIRST_CHANGE))
    for number in range(_ROUNDS):
        if np.bincount(labels, minlength=speakers).min() < _LEAST_FRAMES:
            break
        middles = _pure_middles(voiced, labels, middles) if number else middles
        likeness = _by_frame(voiced, middles, frames)
        own = [labels == voice for voice in range(speakers)]
        both = _WINDOW_WEIGHT * likeness + _TIMBRE_WEIGHT * _timbre_fit(voiced.timbre, own)
        labels = most_likely_voices(both, change)
    return labels


def _clusters(windows: Floats, speakers: int) -> Floats:
    """(speakers, 256), of length 1: the middle of each cluster of windows."""
    from sklearn.cluster import KMeans

    some = windows[:: max(1, -(-len(windows) // _MOST_WINDOWS))]
    found = KMeans(speakers, n_init=10, random_state=0).fit_predict(some)
    middles = _middles(some, [found == voice for voice in range(speakers)])
    for _ in range(3):
        nearest = (windows @ middles.T).argmax(axis=1)
        if len(np.unique(nearest)) < speakers:
            break
        middles = _middles(windows, [nearest == voice for voice in range(speakers)])
    return middles


def _pure_middles(voiced: Voiced, labels: Labels, middles: Floats) -> Floats:
    """`middles` anew, from windows in which one voice alone speaks; as they are where there are too few of them."""
    so_far = np.zeros((len(labels) + 1, len(middles)))
    np.cumsum(np.eye(len(middles))[labels], axis=0, out=so_far[1:])
    ends = np.minimum(voiced.starts + WINDOW_FRAMES, len(labels))
    shares = (so_far[ends] - so_far[voiced.starts]) / WINDOW_FRAMES
    pure = [shares[:, voice] >= _PURE for voice in range(len(middles))]
    if min(int(mine.sum()) for mine in pure) < _LEAST_PURE:
        return middles
    return _middles(voiced.windows, pure)


def _middles(windows: Floats, groups: Sequence[NDArray[np.bool_]]) -> Floats:
    found = np.stack([windows[group].mean(axis=0) for group in groups])
    middles: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return middles


def _by_frame(voiced: Voiced, middles: Floats, frames: int) -> Floats:
    """(frames, speakers): how like each voice the windows are that stand for the frame, less the mean."""
    likeness = voiced.windows @ middles.T
    sums = np.zeros((frames, likeness.shape[1]), np.float32)
    count = np.zeros((frames, 1), np.float32)
    for (first, last), like in zip(voiced.spans.tolist(), likeness, strict=True):
        sums[first:last] += like
        count[first:last] += 1
    found = sums / np.maximum(count, 1)
    centred: Floats = found - found.mean(axis=1, keepdims=True)
    return centred


def _timbre_fit(timbre: NDArray[np.float16], voices: Sequence[NDArray[np.bool_]]) -> Floats:
    """(frames, voices): log likelihood of each frame under a mixture learned from each voice's frames."""
    some = timbre[:: max(1, len(timbre) // _FRAMES_AT_ONCE)].astype(np.float32)
    middle, spread = some.mean(axis=0), some.std(axis=0) + 1e-6
    mixtures = [_mixture((timbre[_some_of(mine)] - middle) / spread) for mine in voices]
    fit = np.empty((len(timbre), len(voices)), np.float32)
    for first in range(0, len(timbre), _FRAMES_AT_ONCE):
        part = slice(first, first + _FRAMES_AT_ONCE)
        for voice, mixture in enumerate(mixtures):
            fit[part, voice] = mixture.score_samples((timbre[part] - middle) / spread)
    return fit


def _some_of(mine: NDArray[np.bool_]) -> NDArray[np.int64]:
    places = np.flatnonzero(mine)
    return places[:: max(1, len(places) // _MOST_FRAMES)]


def _mixture(frames: Floats) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    components = min(_COMPONENTS, max(1, len(frames) // _FRAMES_A_COMPONENT))
    mixture = GaussianMixture(components, covariance_type="diag", reg_covar=1e-2, random_state=0, max_iter=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a rough one is enough, and the next round learns anew
        return mixture.fit(frames)


def most_likely_voices(scores: Floats, change: NDArray[np.float64]) -> Labels:
    """(frames,): the voices with the largest sum of `scores` (frames, voices), less `change` (frames,) wherever another
    voice begins (Viterbi). A byte of memory for each frame and voice: hours are hundreds of thousands of frames."""
    stay = range(scores.shape[1])
    best: list[float] = scores[0].tolist()
    came_from = bytearray(stay)
    for first in range(1, len(scores), _FRAMES_AT_ONCE):
        part = slice(first, first + _FRAMES_AT_ONCE)
        for row, cost in zip(scores[part].tolist(), change[part].tolist(), strict=True):
            leader = best.index(max(best))
            reach = best[leader] - cost
            came_from.extend([voice if best[voice] >= reach else leader for voice in stay])
            best = [max(best[voice], reach) + row[voice] for voice in stay]
    voice = best.index(max(best))
    path = bytearray([voice])
    for at in range(len(scores) - 1, 0, -1):
        voice = came_from[at * len(stay) + voice]
        path.append(voice)
    return np.frombuffer(path[::-1], np.uint8).astype(np.int64)
