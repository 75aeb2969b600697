/*
** Which libcurl this is, for people who look for a fault. Owns nothing.
*/
#ifndef FAL_LIBRARY_H
#define FAL_LIBRARY_H

/* libcurl and the libraries it was built with, each as name/version, with
   spaces between: "libcurl/8.5.0 OpenSSL/3.0.13 nghttp2/1.59.0" */
const char *fal_library_versions(void);

#endif
