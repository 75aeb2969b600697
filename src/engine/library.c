/*
** What libcurl says of itself; library.h says what for.
*/
#include "library.h"

#include <curl/curl.h>

const char *fal_library_versions(void) { return curl_version(); }
