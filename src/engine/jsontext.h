/*
** What a JSON codec for Lua may lose, found in the text: integers that a float
** cannot hold, floats that happen to be whole, numbers beyond any float, empty
** arrays, halves of surrogate pairs. The scan writes notes that lead from
** container to container to just those values, so that whoever decoded the
** text can put them right. Where the codec gives floats for all numbers, the
** other integers need no notes: whole floats are what they became. Further:
** the grammar of numbers, and whether bytes are UTF-8. No memory is owned, no
** text is changed, and whether brackets match is left to the codec.
*/
#ifndef FAL_JSONTEXT_H
#define FAL_JSONTEXT_H

#include <stddef.h>

#define FAL_JSONTEXT_DEPTH 1000  /* containers in containers, both ways */
#define FAL_JSONTEXT_FLOAT 40    /* room for any float as text */

enum fal_jsontext_kind {
  FAL_NOTE_ENTER,     /* go to the container at 'place' in the current one */
  FAL_NOTE_LEAVE,     /* go back to the one before */
  FAL_NOTE_EMPTY,     /* the current container is an empty array */
  FAL_NOTE_INTEGER,   /* the value at 'place' is the integer at 'at' */
  FAL_NOTE_FLOAT,     /* the same for a number with a point or an exponent
                         that may be whole, or exceed every float */
  FAL_NOTE_SURROGATE  /* the six bytes at 'at' escape half a pair */
};

/* Where a value stands in its container. */
typedef struct fal_jsontext_place {
  size_t key;        /* offset of the key's first byte, quote not counted */
  size_t len;        /* of the key; in an array the index, from 1 */
  unsigned char array;
  unsigned char escaped;  /* the key has backslashes in it */
} fal_jsontext_place;

typedef struct fal_jsontext_note {
  enum fal_jsontext_kind kind;
  fal_jsontext_place place;
  size_t at, len;  /* the token in the text */
} fal_jsontext_note;

typedef struct fal_jsontext {
  const char *text;
  size_t len;
  int floats_only;   /* the codec gives integers as floats */
  fal_jsontext_note *notes;
  size_t room;       /* how many notes there is room for */
  size_t count;      /* out: how many there are; if more than 'room', the rest
                        was not written: scan again with more room */
  size_t surrogates; /* out: how many of them are FAL_NOTE_SURROGATE */
  size_t wholes;     /* out: how many numbers may be whole floats now; 0 if
                        none of them is an integer, or not 'floats_only' */
  size_t depth;      /* out: most containers open at once */
  const char *error; /* out: why the text was refused, and where */
  size_t error_at;
} fal_jsontext;

/*
** Scans 'text' from the fields above and fills in those marked out. The first
** container is the current one at the start and is not entered. 0, or -1 with
** 'error' set.
*/
int fal_jsontext_scan(fal_jsontext *j);

/* 1 when the bytes are a number by the grammar of JSON. */
int fal_jsontext_is_number(const char *at, size_t len);
/* 1 and the value when the integer (grammar checked) fits in 64 bits. */
int fal_jsontext_integer(const char *at, size_t len, long long *value);
/*
** 1 when 14 digits surely say exactly this finite float, and with a point. For
** a quotient of whole numbers of few digits that needs no printing to know.
*/
int fal_jsontext_short_float(double x);
/* Writes the shortest text that reads as exactly this finite float. */
void fal_jsontext_float(char out[FAL_JSONTEXT_FLOAT], double x);
/* Offset of the first byte that is not UTF-8, or 'len'. */
size_t fal_jsontext_utf8(const char *at, size_t len);

#endif
