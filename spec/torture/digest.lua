-- Digests: what they make, and the errors for what is no such text.
local digest = require "fal.core.digest"

return function()
  local data = ("0123456789"):rep(200)
  assert(#digest.sha256(data) == 64)
  assert(digest.unbase64(digest.base64(data)) == data)
  assert(digest.unhex(digest.hex(data)) == data)
  do
    local hashing <close> = assert(digest.hashing "/dev/null")
    assert(#hashing:step() == 64)
  end
  local seed = ("s"):rep(32)
  local signature = digest.ed25519_sign(seed, data)
  assert(digest.ed25519_verify(digest.ed25519_public(seed), data, signature))
  local text, err = digest.unbase64 "?"
  assert(not text and err.kind == "protocol")
end
