-- How the sandbox answers: everything that goes out passes here once, gets its
-- request id, is noted, and may be withheld by a fault that wants to spoil it.
--
-- An answer is { status, headers, body } or { status, headers, path, first,
-- count } for bytes of a file.
local json = require "fal.core.json"

local reply = {}

--- Puts an answer on the wire as it is.
---@param x table  the exchange
---@param answer table
function reply.deliver(x, answer)
  if answer.path then
    x.request:send_file(answer.status, answer.headers, answer.path, answer.first, answer.count)
  else
    x.request:respond(answer.status, answer.headers, answer.body)
  end
end

--- Gives an answer that somebody else has worded to the exchange.
---@param x table  the exchange
---@param answer table
function reply.pass_on(x, answer)
  x.answered = true
  x.seen.status = answer.status
  if x.spoil then return x.spoil(x, answer) end
  reply.deliver(x, answer)
end

--- Gives an answer to the exchange.
---@param x table  the exchange
---@param answer table
function reply.give(x, answer)
  local headers = answer.headers
  if not headers["x-fal-request-id"] then headers["x-fal-request-id"] = x.id or x.sandbox.chance:uuid() end
  reply.pass_on(x, answer)
end

--- Answers with text.
---@param x table  the exchange
---@param status integer
---@param body string
---@param headers? table  becomes the answer's
function reply.text(x, status, body, headers)
  reply.give(x, { status = status, headers = headers or {}, body = body })
end

--- Answers with JSON that is already text.
---@param x table  the exchange
---@param status integer
---@param text string
---@param headers? table  becomes the answer's
function reply.raw(x, status, text, headers)
  headers = headers or {}
  headers["content-type"] = "application/json"
  reply.give(x, { status = status, headers = headers, body = text })
end

--- Answers with a value as JSON.
---@param x table  the exchange
---@param status integer
---@param value any
---@param headers? table  becomes the answer's
function reply.json(x, status, value, headers)
  reply.raw(x, status, assert(json.encode(value)), headers)
end

--- Answers with the service's way of saying why not.
---@param x table  the exchange
---@param status integer
---@param detail any  text, or a list of faults
---@param headers? table  becomes the answer's
function reply.detail(x, status, detail, headers)
  reply.json(x, status, { detail = detail }, headers)
end

--- Answers with what became of a job.
---@param x table  the exchange
---@param made table  an outcome; it stays as it is
function reply.outcome(x, made)
  local headers = {}
  for name, value in pairs(made.headers) do headers[name] = value end
  reply.raw(x, made.status, made.body, headers)
end

--- Refuses a body for one of its fields.
---@param x table  the exchange
---@param name string
---@param message string
---@param kind string
function reply.field_fault(x, name, message, kind)
  reply.detail(x, 422, json.array { { loc = json.array { "body", name }, msg = message, type = kind } })
end

--- Says that there is nothing of the kind.
---@param x table  the exchange
function reply.not_found(x) reply.detail(x, 404, "Not Found") end

--- Says that there is no such application.
---@param x table  the exchange
function reply.no_application(x) reply.detail(x, 404, ('Application "%s" not found'):format(x.endpoint)) end

--- Refuses a method.
---@param x table  the exchange
---@param allowed string  the methods that would do
function reply.wrong_method(x, allowed)
  reply.detail(x, 405, "Method Not Allowed", { allow = allowed })
end

return reply
