---@meta fal.core.digest
-- Hashes, signatures and bytes as text: what the C module fal.core.digest
-- offers. Never loaded; the language server reads it.

---@class fal.core.digest
local digest = {}

---@param bytes string
---@return string hex
function digest.sha256(bytes) end

---@param path string
---@return string? hex
---@return fal.error? err  of kind `io`
function digest.sha256_file(path) end

--- The SHA-256 of a file step by step: so that a large one does not keep everything else waiting.
---@class fal.hashing
local Hashing = {}

--- Goes on for a few milliseconds.
---@return string|false|nil hex  false while there is more
---@return fal.error? err  of kind `io`
function Hashing:step() end

---@param path string
---@return fal.hashing? hashing  to be closed
---@return fal.error? err  of kind `io`
function digest.hashing(path) end

---@param bytes string
---@return string text
function digest.base64(bytes) end

---@param text string  padding may be left out
---@return string? bytes
---@return fal.error? err  of kind `protocol`
function digest.unbase64(text) end

---@param bytes string
---@return string text  without padding
function digest.base64url(bytes) end

---@param text string
---@return string? bytes
---@return fal.error? err  of kind `protocol`
function digest.unbase64url(text) end

---@param bytes string
---@return string text  in lower case
function digest.hex(bytes) end

---@param text string
---@return string? bytes
---@return fal.error? err  of kind `protocol`
function digest.unhex(text) end

---@param seed string  32 bytes
---@return string public  32 bytes
function digest.ed25519_public(seed) end

---@param seed string  32 bytes
---@param message string
---@return string signature  64 bytes
function digest.ed25519_sign(seed, message) end

---@param public string
---@param message string
---@param signature string
---@return boolean genuine
function digest.ed25519_verify(public, message, signature) end

---@param count integer  at most 16 MiB
---@return string bytes
function digest.random(count) end

return digest
