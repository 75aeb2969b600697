/*
** SHA-256, Ed25519 and random bytes come from libcrypto. Base64 and hex are
** written here: libcrypto's decoder neither knows the alphabet for URLs nor
** refuses text that is damaged.
*/
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (64 * 1024)
#define BLOCKS 64  /* a step: a few milliseconds */

int fal_sha256(const void *data, size_t len, unsigned char out[32]) {
  return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

void fal_hashing_none(fal_hashing *h) {
  memset(h, 0, sizeof *h);
  h->fd = -1;
}

/* O_NONBLOCK: opening a FIFO must not wait for its other end. */
int fal_hashing_open(fal_hashing *h, const char *path) {
  fal_hashing_none(h);
  h->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (h->fd < 0) return -1;
  errno = 0;
  h->context = EVP_MD_CTX_new();
  h->block = malloc(BLOCK);
  if (h->context == NULL || h->block == NULL) return -1;
  return EVP_DigestInit_ex(h->context, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

int fal_hashing_step(fal_hashing *h) {
  ssize_t n = 1;
  for (int i = 0; i < BLOCKS && n != 0; i++) {
    n = read(h->fd, h->block, BLOCK);
    if (n < 0 && errno != EINTR) return -1;
    if (n > 0 && EVP_DigestUpdate(h->context, h->block, (size_t)n) != 1) {
      errno = 0;
      return -1;
    }
  }
  return n != 0;
}

int fal_hashing_end(fal_hashing *h, unsigned char out[32]) {
  errno = 0;
  return EVP_DigestFinal_ex(h->context, out, NULL) == 1 ? 0 : -1;
}

void fal_hashing_close(fal_hashing *h) {
  if (h->fd >= 0) close(h->fd);
  free(h->block);
  EVP_MD_CTX_free(h->context);
  fal_hashing_none(h);
}

int fal_sha256_file(const char *path, unsigned char out[32]) {
  fal_hashing h;
  int saved, rc = fal_hashing_open(&h, path);
  if (rc == 0)
    while ((rc = fal_hashing_step(&h)) > 0) {}
  if (rc == 0) rc = fal_hashing_end(&h, out);
  saved = errno;
  fal_hashing_close(&h);
  errno = saved;
  return rc;
}

/*
** Ed25519
*/

int fal_ed25519_public(const unsigned char seed[32], unsigned char out[32]) {
  size_t len = FAL_ED25519_KEY;
  EVP_PKEY *key =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, len);
  int ok = key != NULL && EVP_PKEY_get_raw_public_key(key, out, &len) == 1;
  EVP_PKEY_free(key);
  return ok ? 0 : -1;
}

int fal_ed25519_sign(const unsigned char seed[32], const void *data, size_t len,
                     unsigned char out[64]) {
  size_t size = FAL_ED25519_SIGNATURE;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
                                               FAL_ED25519_KEY);
  int ok = context != NULL && key != NULL &&
           EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(context, out, &size, data, len) == 1;
  EVP_PKEY_free(key);
  EVP_MD_CTX_free(context);
  return ok ? 0 : -1;
}

int fal_ed25519_verify(const unsigned char public_key[32], const void *data,
                       size_t len, const unsigned char signature[64]) {
  int verdict = -1;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                              public_key, FAL_ED25519_KEY);
  if (context != NULL && key != NULL &&
      EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1)
    verdict = EVP_DigestVerify(context, signature, FAL_ED25519_SIGNATURE, data,
                               len) == 1;
  EVP_PKEY_free(key);
  EVP_MD_CTX_free(context);
  return verdict;
}

int fal_random_bytes(void *out, size_t len) {
  if (len > INT32_MAX) return -1;
  return RAND_bytes(out, (int)len) == 1 ? 0 : -1;
}

/*
** Base64
*/

static const char *const alphabets[] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

size_t fal_base64_size(size_t len) {
  return len > SIZE_MAX / 4 * 3 - 4 ? 0 : (len + 2) / 3 * 4 + 1;
}

/* The 1 to 3 bytes at 'in' as 2 to 4 characters. */
static size_t encode_group(const char *alphabet, const unsigned char *in,
                           size_t n, char *out) {
  uint32_t bits = (uint32_t)in[0] << 16;
  size_t i;
  if (n > 1) bits |= (uint32_t)in[1] << 8;
  if (n > 2) bits |= in[2];
  for (i = 0; i <= n; i++) out[i] = alphabet[bits >> (18 - 6 * i) & 63];
  return n + 1;
}

size_t fal_base64_encode(enum fal_base64 kind, const void *data, size_t len,
                         char *out) {
  const unsigned char *in = data;
  char *at = out;
  for (; len > 3; in += 3, len -= 3)
    at += encode_group(alphabets[kind], in, 3, at);
  if (len > 0) at += encode_group(alphabets[kind], in, len, at);
  if (kind == FAL_BASE64)
    while ((at - out) % 4 != 0) *at++ = '=';
  *at = '\0';
  return (size_t)(at - out);
}

/* The value of each character, 0xff for those that are not in the alphabet. */
static void invert(enum fal_base64 kind, unsigned char values[256]) {
  int i;
  memset(values, 0xff, 256);
  for (i = 0; i < 64; i++)
    values[(unsigned char)alphabets[kind][i]] = (unsigned char)i;
}

/* The text's length without its padding, or (size_t)-1 if that is wrong. */
static size_t without_padding(const char *text, size_t len) {
  size_t bare = len;
  while (bare > 0 && len - bare < 2 && text[bare - 1] == '=') bare--;
  if (bare < len && len % 4 != 0) return (size_t)-1;
  return bare % 4 == 1 ? (size_t)-1 : bare;
}

size_t fal_base64_decode(enum fal_base64 kind, const char *text, size_t len,
                         unsigned char *out) {
  unsigned char values[256];
  unsigned char *at = out;
  uint32_t bits = 0;
  size_t i, bare = without_padding(text, len);
  if (bare == (size_t)-1) return bare;
  invert(kind, values);
  for (i = 0; i < bare; i++) {
    unsigned char value = values[(unsigned char)text[i]];
    if (value == 0xff) return (size_t)-1;
    bits = bits << 6 | value;
    if (i % 4 != 0) *at++ = (unsigned char)(bits >> (6 - i % 4 * 2));
  }
  /* bits after the last byte must be zero, or two texts meant the same */
  if (bare % 4 == 2 && (bits & 15) != 0) return (size_t)-1;
  if (bare % 4 == 3 && (bits & 3) != 0) return (size_t)-1;
  return (size_t)(at - out);
}

/*
** Hex
*/

void fal_hex_encode(const void *data, size_t len, char *out) {
  static const char digits[] = "0123456789abcdef";
  const unsigned char *in = data;
  for (; len > 0; in++, len--) {
    *out++ = digits[*in >> 4];
    *out++ = digits[*in & 15];
  }
}

static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int fal_hex_decode(const char *text, size_t len, unsigned char *out) {
  size_t i;
  if (len % 2 != 0) return -1;
  for (i = 0; i < len; i += 2) {
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return -1;
    *out++ = (unsigned char)(high << 4 | low);
  }
  return 0;
}
