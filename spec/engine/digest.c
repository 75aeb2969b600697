/*
** Digests against published vectors: FIPS 180-4 for SHA-256, RFC 8032 for
** Ed25519, RFC 4648 for base64. Then what must be refused, and a round trip of
** every length.
*/
#include "digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static const char *hex(const unsigned char *data, size_t len) {
  static char text[2 * 256 + 1];
  fal_hex_encode(data, len, text);
  text[2 * len] = '\0';
  return text;
}

static void unhex(const char *text, unsigned char *out) {
  check(fal_hex_decode(text, strlen(text), out) == 0, "%s", text);
}

static const struct {
  const char *data, *hash;
} hashes[] = {
  {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
  {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
  {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void hash_strings(void) {
  unsigned char out[32];
  size_t i;
  for (i = 0; i < sizeof hashes / sizeof *hashes; i++) {
    check(fal_sha256(hashes[i].data, strlen(hashes[i].data), out) == 0, "%zu",
          i);
    check(strcmp(hex(out, 32), hashes[i].hash) == 0, "%s", hashes[i].data);
  }
}

/* A short file in one step, then a longer one in several. */
static void hash_in_steps(const char *path, const char *wanted) {
  fal_hashing h;
  unsigned char out[32];
  int more, steps = 1;
  check(fal_hashing_open(&h, path) == 0, "%s", path);
  while ((more = fal_hashing_step(&h)) == 1) steps++;
  check(more == 0 && steps == 1, "%d steps", steps);
  check(fal_hashing_end(&h, out) == 0, "%s", path);
  check(strcmp(hex(out, 32), wanted) == 0, "in steps");
  fal_hashing_close(&h);
  check(truncate(path, 10000000) == 0, "%s", path);
  check(fal_hashing_open(&h, path) == 0, "%s", path);
  for (steps = 1; (more = fal_hashing_step(&h)) == 1;) steps++;
  check(more == 0 && steps == 3, "%d steps", steps);
  fal_hashing_close(&h);
}

static void hash_files(void) {
  static const char wanted[] =
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  char path[] = "/tmp/spec-digest-XXXXXX";
  unsigned char out[32];
  char *million = malloc(1000000);
  int fd = mkstemp(path);
  memset(million, 'a', 1000000);
  check(write(fd, million, 1000000) == 1000000, "cannot write %s", path);
  close(fd);
  free(million);
  check(fal_sha256_file(path, out) == 0, "a file");
  check(strcmp(hex(out, 32), wanted) == 0, "a million times a");
  hash_in_steps(path, wanted);
  unlink(path);
  check(fal_sha256_file(path, out) == -1 && errno == ENOENT, "no file");
  check(fal_sha256_file("/", out) == -1 && errno == EISDIR, "a folder");
  alarm(20);  /* ends a wait for somebody who writes */
  check(mkfifo(path, 0600) == 0 && fal_sha256_file(path, out) == 0, "a FIFO");
  alarm(0);
  unlink(path);
}

static const struct {
  const char *seed, *key, *message, *signature;
} signatures[] = {
  {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
   "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
   "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb882159"
   "0a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
  {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
   "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
   "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43"
   "e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
  {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
   "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
   "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538"
   "d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void sign(size_t i) {
  unsigned char seed[32], key[32], message[8], out[64];
  size_t len = strlen(signatures[i].message) / 2;
  unhex(signatures[i].seed, seed);
  unhex(signatures[i].message, message);
  check(fal_ed25519_public(seed, key) == 0, "%zu", i);
  check(strcmp(hex(key, 32), signatures[i].key) == 0, "%zu", i);
  check(fal_ed25519_sign(seed, message, len, out) == 0, "%zu", i);
  check(strcmp(hex(out, 64), signatures[i].signature) == 0, "%zu", i);
  check(fal_ed25519_verify(key, message, len, out) == 1, "%zu", i);
  message[len] = 0;
  check(fal_ed25519_verify(key, message, len + 1, out) == 0, "longer");
  out[63] ^= 1;
  check(fal_ed25519_verify(key, message, len, out) == 0, "another signature");
  out[63] ^= 1;
  key[0] ^= 1;
  check(fal_ed25519_verify(key, message, len, out) != 1, "another key");
}

static const struct {
  enum fal_base64 kind;
  const char *data, *text;
} texts[] = {
  {FAL_BASE64, "", ""},
  {FAL_BASE64, "f", "Zg=="},
  {FAL_BASE64, "fo", "Zm8="},
  {FAL_BASE64, "foo", "Zm9v"},
  {FAL_BASE64, "foob", "Zm9vYg=="},
  {FAL_BASE64, "fooba", "Zm9vYmE="},
  {FAL_BASE64, "foobar", "Zm9vYmFy"},
  {FAL_BASE64, "\xfb\xff\xfe", "+//+"},
  {FAL_BASE64URL, "\xfb\xff\xfe", "-__-"},
  {FAL_BASE64URL, "f", "Zg"},
  {FAL_BASE64URL, "fo", "Zm8"},
};

static void write_base64(void) {
  char out[16];
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *data = texts[i].data;
    size_t n = fal_base64_encode(texts[i].kind, data, strlen(data), out);
    check(n == strlen(texts[i].text), "%s", texts[i].text);
    check(strcmp(out, texts[i].text) == 0, "%s, not %s", out, texts[i].text);
  }
  check(fal_base64_size((size_t)-1) == 0, "more than there is memory");
}

static size_t decode(enum fal_base64 kind, const char *text,
                     unsigned char *out) {
  return fal_base64_decode(kind, text, strlen(text), out);
}

static void read_base64(void) {
  static const char *const bad[] = {"Z", "Zg=", "Zg===", "=", "====", "Zm9v=",
                                    "Zm9v Zg==", "Zm9v\n", "Zh==", "Zm9=",
                                    "Z=g=", "Zm-_", "Zm9vZ"};
  unsigned char out[16];
  size_t i;
  for (i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t n = decode(texts[i].kind, texts[i].text, out);
    check(n == strlen(texts[i].data) && memcmp(out, texts[i].data, n) == 0,
          "%s", texts[i].text);
  }
  for (i = 0; i < sizeof bad / sizeof *bad; i++)
    check(decode(FAL_BASE64, bad[i], out) == (size_t)-1, "'%s'", bad[i]);
  check(decode(FAL_BASE64, "Zg", out) == 1, "padding left out");
  check(decode(FAL_BASE64URL, "Zg==", out) == 1, "padding where none is due");
  check(decode(FAL_BASE64URL, "+//+", out) == (size_t)-1, "other alphabet");
}

static void round_trip(enum fal_base64 kind) {
  unsigned char data[200], back[200];
  char text[300];
  size_t len;
  check(fal_random_bytes(data, sizeof data) == 0, "random bytes");
  for (len = 0; len <= sizeof data; len++) {
    size_t n = fal_base64_encode(kind, data, len, text);
    check(n < fal_base64_size(len), "%zu bytes", len);
    check(fal_base64_decode(kind, text, n, back) == len &&
              memcmp(data, back, len) == 0, "%zu bytes", len);
  }
}

static void read_hex(void) {
  unsigned char out[8];
  check(fal_hex_decode("00fF7a", 6, out) == 0, "either case");
  check(memcmp(out, "\x00\xff\x7a", 3) == 0, "either case");
  check(fal_hex_decode("0", 1, out) == -1, "half a byte");
  check(fal_hex_decode("0g", 2, out) == -1, "no digit");
}

int main(void) {
  size_t i;
  hash_strings();
  hash_files();
  for (i = 0; i < sizeof signatures / sizeof *signatures; i++) sign(i);
  write_base64();
  read_base64();
  round_trip(FAL_BASE64);
  round_trip(FAL_BASE64URL);
  read_hex();
  return check_result();
}
