/*
** Hashes, signatures, and bytes written as text: what libcrypto does, in the
** shapes we need. Owns no memory but what it says it hands over.
*/
#ifndef FAL_DIGEST_H
#define FAL_DIGEST_H

#include <stddef.h>

enum {
  FAL_SHA256_SIZE = 32,
  FAL_ED25519_KEY = 32, /* a seed, or a public key */
  FAL_ED25519_SIGNATURE = 64
};

/* All that return int: 0, or -1 when libcrypto or an argument is at fault. */
int fal_sha256(const void *data, size_t len, unsigned char out[32]);

/* A file that is hashed step by step, so that nobody has to wait for all of a
   large one. Clear it by fal_hashing_none, and close it in the end. */
typedef struct fal_hashing {
  int fd;         /* -1: none */
  void *context;  /* libcrypto's */
  char *block;
} fal_hashing;

/* -1 with errno set when the file cannot be read, with errno 0 otherwise. */
void fal_hashing_none(fal_hashing *h);
int fal_hashing_open(fal_hashing *h, const char *path);
int fal_hashing_step(fal_hashing *h);  /* 1: there is more */
int fal_hashing_end(fal_hashing *h, unsigned char out[32]);
void fal_hashing_close(fal_hashing *h);
int fal_sha256_file(const char *path, unsigned char out[32]);

int fal_ed25519_public(const unsigned char seed[32], unsigned char out[32]);
int fal_ed25519_sign(const unsigned char seed[32], const void *data, size_t len,
                     unsigned char out[64]);
/* 1: genuine, 0: not, -1: libcrypto failed or the key is none. */
int fal_ed25519_verify(const unsigned char key[32], const void *data,
                       size_t len, const unsigned char signature[64]);

int fal_random_bytes(void *out, size_t len);

enum fal_base64 { FAL_BASE64, FAL_BASE64URL }; /* the second: no padding */

/* Room for the text of 'len' bytes and a final NUL; 0: too many. */
size_t fal_base64_size(size_t len);
/* The length of the text; 'out' has fal_base64_size bytes. */
size_t fal_base64_encode(enum fal_base64 kind, const void *data, size_t len,
                         char *out);
/* Strict but for padding, which may be left out: the number of bytes, at most
   three quarters of 'len'; or (size_t)-1 when the text is none of ours. */
size_t fal_base64_decode(enum fal_base64 kind, const char *text, size_t len,
                         unsigned char *out);

void fal_hex_encode(const void *data, size_t len, char *out); /* 2 * len */
int fal_hex_decode(const char *text, size_t len, unsigned char *out);

#endif
