"""The simulation of waits: its queue gives turns as the real one does."""

from benchmarks.scale_capacity import Machine, Measured, Traffic, Upload, run, seconds_of, week_of


def test_a_hundred_uploads_of_one_authority_delay_another_by_one_job() -> None:
    many = [Upload(0.0, 0, 600.0) for _ in range(100)]
    took = run([*many, Upload(1.0, 1, 600.0)], [False], Measured())
    one = seconds_of(many[0], gpu=False, known=Measured())
    assert abs(took[-1] - (2 * one - 1.0)) < 1e-6
    assert abs(max(took) - 101 * one) < 1e-6


def test_nobody_waits_where_there_is_room_and_a_card_is_taken_first() -> None:
    uploads, known = [Upload(0.0, 0, 600.0), Upload(0.0, 1, 600.0), Upload(0.0, 2, 0.0)], Measured()
    took = run(uploads, Machine(8, 1).speeds(), known)
    assert took[0] == seconds_of(uploads[0], gpu=True, known=known) < took[1]
    assert took[1] == seconds_of(uploads[1], gpu=False, known=known)
    assert took[2] == known.transcript
    assert run(uploads, Machine(8, 1).speeds(lost=1), known)[0] == took[1]


def test_the_traffic_is_as_it_says() -> None:
    traffic = Traffic()
    uploads = week_of(50, traffic, seed=1)
    assert len(uploads) == 1000
    assert uploads == sorted(uploads)
    friday = [one for one in uploads if (one.at / 86400) % 7 // 1 == 4 and (one.at % 86400) / 3600 >= 13]
    assert 0.4 < len(friday) / len(uploads) < 0.55  # what comes evenly too
    assert {one.authority for one in uploads} == {0, 1}
