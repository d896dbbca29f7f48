"""What a text may be made of to be slow to read, by language: each is repeated without end. All invented."""

from __future__ import annotations

NUMBERS = ("12 ", "1,2,3,", "from 3 to 4 killed ", "twelve hundred and killed ", "killed 12 ")
HARM = ("killed ", "wounded and killed ", "the number of killed ", "ki*led ", "k*")
PEOPLE = (
    "12 people were killed, including ",
    "two farmers and three women killed, ",
    "Abu Ali Harun ",
    "- 12 killed\n",
    "Log in\n12 killed\n",
)
PLACES = (
    "12 killed in Harun, Ostra, Damascus and ",
    "near Harun killed ",
    "12 KILLED IN DAMASCUS ",
    "#Harun killed two ",
)
DATES = ("on 3 March 2031 killed ", "Monday killed two, ", "since March 6 killed ", "12 killed on 2031-03-06.\n")
MARKS = (
    "“killed” ",
    "'killed' ",
    "(killed [",
    "killed, ",
    "killed: ",
    "killed.",
    "killed-",
    "(((",
    "x",
    " " * 20,
    "\u202e",
)
UNSEEN = ("\u202e", "e\u0301", "killed\u200b ")
BLAME = (
    "the army was accused of killing ",
    "blamed the army for two dead. ",
    "the army claimed responsibility. ",
    "he said two were killed. ",
    "the ministry said 12 were killed. ",
    "Gunmen killed two farmers in Harun on Monday, the army said. ",
)
ARABIC = ("قتيلان و", "قتل 12 مدنيا في دمشق. ", "و", "ال", "١٢ ", "\u064b", "killed 12 قتيلا ")
FRENCH = ("douze personnes ont été tuées, dont ", "vingt et un tués à Harun. ", "l'")
HOSTILE = {"en": (*NUMBERS, *HARM, *PEOPLE, *PLACES, *DATES, *MARKS, *UNSEEN, *BLAME), "ar": ARABIC, "fr": FRENCH}
