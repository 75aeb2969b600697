-- Makes the input of an endpoint from a prompt: the text under its field and in
-- its form, negative words, limits of length, and what the caller adds; then
-- has it checked by fal.models. Knows no model by name: what is peculiar to
-- one is data in fal.prompt.manners, what its fields are is asked of fal.models.
--
-- The parts work on one 'call': piece (fields, shots), endpoint, more, length,
-- manner, field (schema fields by name), input (what is made), notes (what was
-- lost on the way).
local english = require "fal.prompt.english"
local failure = require "fal.core.error"
local forms = require "fal.prompt.forms"
local generator = require "fal.prompt.generator"
local manners = require "fal.prompt.manners"
local models = require "fal.models"
local prose = require "fal.prompt.prose"
local remarks = require "fal.prompt.remarks"

local adapt = {}

local function note(call, message, ...)
  message = message:format(...)
  for _, known in ipairs(call.notes) do
    if known == message then return end
  end
  call.notes[#call.notes + 1] = message
end

-- Cuts at a word boundary; gives what is left, and what went.
local function cut(text, most)
  local stop = utf8.len(text) and utf8.offset(text, most + 1) or most + 1
  if stop > #text then return text end
  local kept = text:sub(1, stop - 1)
  if text:find("^%S", stop) then kept = kept:match "^(.*%S)%s+%S*$" or kept end
  kept = kept:gsub("[%s,;:%-%[]+$", "")
  return kept, english.trim(text:sub(#kept + 1))
end

local function kept_short(call, name, text)
  local most = call.field[name] and call.field[name].max_length
  if not most then return text end
  local kept, lost = cut(text, most)
  if lost then
    local seen = cut(lost, 80)
    note(call, "%s was cut to %d characters; lost: %q", name, most, seen == lost and lost or seen .. " ...")
  end
  return kept
end

-- Sound goes where there is sound.
local function silenced(call, fields)
  if call.manner.sound and call.more.generate_audio ~= false then return fields end
  for _, name in ipairs { "audio", "dialogue" } do
    if fields[name] then note(call, "%s was left out: the result has no sound", name) end
  end
  return forms.without(fields, "audio", "dialogue")
end

-- A custom style that the model has a name of its own for goes to its field.
local function with_own_style(call, fields)
  local field, left = call.field[call.manner.styles], {}
  for _, one in ipairs(forms.list_of(fields.style)) do
    local asked = type(one) == "table" and one.custom:lower():gsub("[%s-]+", "_")
    local found = false
    for _, name in ipairs(asked and field and field.enum or {}) do found = found or name == asked end
    if found and not call.input[field.name] then call.input[field.name] = asked else left[#left + 1] = one end
  end
  fields = forms.without(fields, "style")
  fields.style = forms.one_or_list(left)
  return fields
end

-- Negative words: a field of their own, a sentence of the prompt, or a note.
local function negative_sentence(call, negative)
  local list = table.concat(remarks.unwanted(negative), ", ")
  if list == "" then return nil end
  if call.field.negative_prompt then
    call.input.negative_prompt = kept_short(call, "negative_prompt", list)
  elseif call.manner.avoid then
    return prose.avoid(negative)
  else
    note(call, "negative words were left out, since the model has no field for them: %s", list)
  end
end

local function written(call, fields)
  if not call.piece.shots then return forms.single(fields, call.length, call.manner, call.notes) end
  if not (call.manner.sequence or call.manner.moves) then
    note(call, "%s is not known to follow a row of shots; :split() makes one prompt of each", call.endpoint)
  end
  local shots = {}
  for number, shot in ipairs(call.piece.shots) do shots[number] = silenced(call, shot) end
  return forms.row(shots, fields, call.length, call.manner, call.notes)
end

-- The name of the field that takes the text.
local function prompt_field(call)
  if not call.schema then return "prompt" end
  for _, name in ipairs { "prompt", "text" } do
    if call.field[name] then return name end
  end
end

local function write_input(call, name)
  local fields = silenced(call, call.piece.fields)
  if call.manner.styles then fields = with_own_style(call, fields) end
  if call.manner.still and fields.camera == "Static tripod" and not fields.direction and not call.piece.shots then
    call.input[call.manner.still] = true
  end
  local avoid = negative_sentence(call, fields.negative)
  local text = written(call, fields)
  if avoid then text = text .. (text ~= "" and " " or "") .. avoid end
  if text ~= "" then call.input[name] = kept_short(call, name, text) end
end

-- Negative words of single shots count for the whole.
local function gathered(piece)
  if not piece.shots then return piece end
  local all = {}
  for _, fields in ipairs { piece.fields, table.unpack(piece.shots) } do
    for _, text in ipairs(forms.list_of(fields.negative)) do all[#all + 1] = text end
  end
  local fields = forms.without(piece.fields, "negative")
  fields.negative = forms.one_or_list(all)
  return { fields = fields, shots = piece.shots }
end

local function new_call(piece, endpoint, more, length)
  local schema = models.find(endpoint)
  local call = {
    piece = gathered(piece), endpoint = endpoint, more = more, length = length, schema = schema,
    manner = manners.of(endpoint, schema ~= nil), field = {}, input = {}, notes = {},
  }
  for _, field in ipairs(schema and schema.input or {}) do call.field[field.name] = field end
  return call
end

--- Makes the input of an endpoint.
---@param piece table  { fields = ..., shots = list of fields or nil }
---@param endpoint string
---@param more table  further fields; they stand above those made here
---@param length string
---@return table|nil input, table warnings_or_err
function adapt.input(piece, endpoint, more, length)
  local call = new_call(piece, endpoint, more, length)
  if call.manner.generator then
    call.input = generator.input(call.piece, more.custom_elements)
    more = forms.without(more, "custom_elements")
  else
    local name = prompt_field(call)
    if not name then
      return nil, failure.new { kind = "validation", message = endpoint .. " takes no prompt", endpoint = endpoint }
    end
    write_input(call, name)
  end
  for name, content in pairs(more) do call.input[name] = content end
  local checked, detail = models.validate(endpoint, call.input)
  if not checked then return nil, detail end
  if detail then note(call, "%s", tostring(detail)) end
  return checked, call.notes
end

return adapt
