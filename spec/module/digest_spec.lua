-- fal.core.digest from Lua: shapes, failures and misuse. Published vectors of
-- each algorithm are in spec/engine/digest.c.
local digest = require "fal.core.digest"

local function bytes(first, count)
  local list = {}
  for i = 1, count do list[i] = string.char(first + i - 1) end
  return table.concat(list)
end

describe("fal.core.digest", function()
  it("hashes strings with zeros in them", function()
    assert.are.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", digest.sha256 "")
    assert.are.equal("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", digest.sha256 "\0\0")
  end)

  it("hashes files", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "wb"))
    local text = ("0123456789"):rep(30000)
    file:write(text)
    file:flush()
    assert.are.equal(digest.sha256(text), digest.sha256_file(path))
    os.remove(path)
  end)

  it("hashes large files in steps, up to an end", function()
    local path = os.tmpname()
    local text = ("0123456789"):rep(1000000)
    do
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
    end
    local hashing <close> = assert(digest.hashing(path))
    local steps, hash = 0
    repeat
      hash = hashing:step()
      steps = steps + 1
    until hash
    assert.are.equal(3, steps)
    assert.are.equal(digest.sha256(text), hash)
    assert.is_false(pcall(hashing.step, hashing))
    assert.is_false(pcall(hashing.step, io.stdout))
    os.remove(path)
    local none, err = digest.hashing(path)
    assert.is_nil(none)
    assert.are.equal("io", err.kind)
    local folder <close> = assert(digest.hashing "/tmp")
    none, err = folder:step()
    assert.is_nil(none)
    assert.are.equal("/tmp: Is a directory", err.message)
  end)

  it("says which file it cannot read, and why", function()
    local hash, err = digest.sha256_file "/nowhere/at/all"
    assert.is_nil(hash)
    assert.are.equal("io", err.kind)
    assert.are.equal("/nowhere/at/all: No such file or directory", err.message)
  end)

  it("signs webhooks as the service does", function()
    local seed = bytes(0, 32)
    local id, user, timestamp = "3f1c9a52-7d0e-4c5b-9b0a-0e2f6a1d8c47", "usr_1029", "1785000000"
    local body = ('{"request_id":"%s","gateway_request_id":"%s","status":"OK","payload":{"seed":7}}'):format(id, id)
    local hash = digest.sha256(body)
    assert.are.equal("7d2631684f543244efe946a464c73d3178f21d959ee496986fcb529c2f625029", hash)
    local message = table.concat({ id, user, timestamp, hash }, "\n")
    local signature = digest.ed25519_sign(seed, message)
    assert.are.equal(
      "e1a12d4c7ff4c00818b495925741466bb5f5d840a2abd0efa91c1eb286f943c3"
        .. "6366e35178ea54f8a195d0d12378998c53aa5f596dc5a5cab0febf0ef799880f",
      digest.hex(signature)
    )
    local public = digest.ed25519_public(seed)
    assert.are.equal("A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg", digest.base64url(public))
    assert.is_true(digest.ed25519_verify(public, message, signature))
    assert.is_false(digest.ed25519_verify(public, message .. "\n", signature))
  end)

  it("takes a key or a signature of the wrong size for false", function()
    local public = digest.ed25519_public(bytes(0, 32))
    local signature = digest.ed25519_sign(bytes(0, 32), "m")
    assert.is_false(digest.ed25519_verify(public, "m", signature:sub(1, 63)))
    assert.is_false(digest.ed25519_verify(public, "m", signature .. "x"))
    assert.is_false(digest.ed25519_verify("", "m", signature))
    assert.is_false(digest.ed25519_verify(bytes(0, 32), "m", signature))
  end)

  it("keeps every byte in base64 and hex", function()
    local all = bytes(0, 256)
    assert.are.equal(all, digest.unbase64(digest.base64(all)))
    assert.are.equal(all, digest.unbase64url(digest.base64url(all)))
    assert.are.equal(all, digest.unhex(digest.hex(all)))
    assert.are.equal("", digest.unbase64(digest.base64 ""))
    assert.are.equal("", digest.unhex(digest.hex ""))
  end)

  for name, bad in pairs { unbase64 = "a-b_", unbase64url = "a+b/", unhex = "abc" } do
    it("refuses in " .. name .. " what it did not write", function()
      local out, err = digest[name](bad)
      assert.is_nil(out)
      assert.are.equal("protocol", err.kind)
    end)
  end

  it("gives as many random bytes as wanted, and others each time", function()
    assert.are.equal("", digest.random(0))
    assert.are.equal(64, #digest.random(64))
    assert.are_not.equal(digest.random(32), digest.random(32))
  end)

  it("raises for misuse", function()
    assert.has_error(function() digest.random(-1) end, "bad argument #1 to 'random' (must be from 0 to 16777216)")
    assert.has_error(
      function() digest.ed25519_sign("short", "m") end,
      "bad argument #1 to 'ed25519_sign' (must have 32 bytes, has 5)"
    )
    assert.has_error(function() digest.sha256() end)
  end)
end)
