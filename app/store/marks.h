/* marks.h - runs of question marks, for lists of a fixed length. */
#ifndef LETHE_STORE_MARKS_H
#define LETHE_STORE_MARKS_H

#define MARKS_10  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define MARKS_50  MARKS_10 ", " MARKS_10 ", " MARKS_10 ", " MARKS_10 ", " MARKS_10
#define MARKS_100 MARKS_50 ", " MARKS_50
#define MARKS_200 MARKS_100 ", " MARKS_100

#endif
