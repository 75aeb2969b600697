/*
** libcurl's lists of strings.
*/
#ifndef FAL_SLIST_H
#define FAL_SLIST_H

#include <curl/curl.h>

/* Appends what stands between the commas of 'text' (NULL: nothing). 0, or -1
   without memory. The list is its owner's in both cases. */
int fal_slist_split(struct curl_slist **list, const char *text);

#endif
