"""A small module, whole and right, that tests change one thing of."""

MODULE = """\
---
title: Asking open questions
summary: Questions that invite a story.
task: engaging
skills: [open_questions]
minutes: 12
order: 1
version: 1
check:
  - question: Which of these is open?
    options: ["What has helped before?", "Did it help?", "Does it help you?"]
    answer: 1
    why: It cannot be answered with yes or no.
  - question: What is an open question for?
    options: [To hear a story, To test somebody, To save time]
    answer: 1
    why: The story is theirs to tell.
  - question: How many in a row are too many?
    options: [Two or three, Ten, There is no limit]
    answer: 1
    why: After two or three it feels like an interview.
reading:
  - title: Motivational Interviewing
    by: Miller and Rollnick
    year: 2013
    why: The book behind all of this.
    link: https://example.org/book
---
Before anything else, listen to them.

## What it is
An open question is one that a yes will not answer. You ask it, and you wait. See `CR` and [how to reflect](asking).

- Ask about them.
- Wait for them.

## How it sounds
```dialogue
Parent: I want to stop. [CT desire] I don't know how. [ST ability]
You: You want this, and it is hard to see how. [CR] What has helped before? [Q open]
> The reflection comes first.
Parent: My sister did.
```
That is all there is to it.
"""

EXERCISES = """\
exercises:
  - kind: open_the_question
    id: asking-1
    skill: open_questions
    level: 1
    prompt: Turn it open.
    setting: A mother at home, about her drinking.
    explain: A yes or no ends the talk.
    line: Do you drink every day?
    before:
      - {by: parent, text: "I have a glass when they are in bed."}
    want: {any_of: [Q], avoid: [Persuade, Confront], question: open}
    about: [drink, glass, bed, evening]
    models: ["What is a usual evening like for you?", "How do you feel about the glass once they are in bed?"]
    weak: [{text: "So is it every day?", why: "It asks for yes or no again."}]
  - kind: spot_the_code
    id: asking-2
    skill: hearing_codes
    prompt: Which code is it?
    setting: A father at the door.
    explain: It gives meaning back.
    parent: I am not a bad dad.
    line: Being a good father matters to you.
    options: [CR, SR, Q]
    answer: CR
  - kind: order_the_summary
    id: asking-3
    skill: summaries
    prompt: Put it in order.
    setting: The end of a visit.
    explain: The change talk comes last.
    pieces: [You are worn out., You want the evenings back., What will you try first?]
"""
