---@meta fal.prompt
-- Prompts: what `require "fal.prompt"` gives. Never loaded; the language server
-- reads it.

---@class fal.prompt.custom
---@field custom string

---@alias fal.prompt.word string|fal.prompt.custom|false
---@alias fal.prompt.words fal.prompt.word|fal.prompt.word[]
---@alias fal.prompt.phrases string|string[]|false
---@alias fal.prompt.length "Short"|"Medium"|"Long"

---@class fal.prompt.fields  docs/prompts.md tells more
---@field concept? string|false  what it is about
---@field subject? string|false  who or what
---@field context? string|false  where and when
---@field action? string|false  does what
---@field style? fal.prompt.words
---@field camera? fal.prompt.words
---@field direction? fal.prompt.words
---@field pacing? fal.prompt.words
---@field effects? fal.prompt.words
---@field composition? fal.prompt.phrases
---@field lighting? fal.prompt.phrases
---@field ambiance? fal.prompt.phrases
---@field audio? fal.prompt.phrases  what is heard
---@field dialogue? fal.prompt.phrases  what is said
---@field negative? fal.prompt.phrases  what must not be seen
---@field custom? fal.prompt.phrases  further sentences

---@class fal.prompt.text_options
---@field length? fal.prompt.length

---@class fal.prompt.expand_options : fal.subscribe_options
---@field model? string
---@field prompt_length? fal.prompt.length
---@field image_url? string|fal.file
---@field custom_elements? string

---@class fal.prompt.piece  what prompts and rows of shots have in common
local Piece = {}

--- Writes prose, always the same for the same fields.
---@param options? fal.prompt.text_options
---@return string text
function Piece:text(options) end

--- Has the paragraph written by fal-ai/video-prompt-generator.
---@param options? fal.prompt.expand_options
---@return string? text
---@return fal.error? err
function Piece:expand(options) end

--- Makes the whole input of an endpoint, and checks it.
---@param endpoint string
---@param more? table  further fields of the input
---@param options? fal.prompt.text_options
---@return table? input
---@return string[]|fal.error warnings  what was lost; or the error
function Piece:input(endpoint, more, options) end

--- A plain table, from which the same can be made again.
---@return table fields
function Piece:fields() end

---@class fal.prompt.value : fal.prompt.piece, fal.prompt.fields
---@operator concat(fal.prompt.fields|fal.prompt.value|string): fal.prompt.value
local Value = {}

--- Lists the prompts with each combination of the given contents.
---@param given table<string, any[]>  lists of contents by field
---@return fal.prompt.value[] prompts
function Value:vary(given) end

---@class fal.prompt.shots : fal.prompt.piece
local Shots = {}

--- Makes one prompt of each shot, with the shared fields in it.
---@return fal.prompt.value[] prompts
function Shots:split() end

---@class fal.prompt.template_options
---@field lists? string|table<string, string|string[]>  a folder of word lists, or a table of them
---@field seed? integer  of fill and sample; 1

---@class fal.prompt.template
local Template = {}

--- Draws one text.
---@param values? table
---@param options? fal.prompt.template_options
---@return string? text
---@return fal.error? err
function Template:fill(values, options) end

--- Draws texts: the first n of an endless row that the seed determines.
---@param n integer
---@param values? table
---@param options? fal.prompt.template_options
---@return string[]? texts
---@return fal.error? err
function Template:sample(n, values, options) end

--- Counts the combinations exactly, without making them.
---@param values? table
---@param options? fal.prompt.template_options
---@return integer|table|nil count  above 2^63 a number that prints all its digits
---@return fal.error? err
function Template:count(values, options) end

--- Walks through all combinations, one text at a time.
---@param values? table
---@param options? fal.prompt.template_options
---@return (fun(): string?)? step
---@return fal.error? err
function Template:each(values, options) end

--- Lists all combinations; raises when there are more than 100,000.
---@param values? table
---@param options? fal.prompt.template_options
---@return string[]? texts
---@return fal.error? err
function Template:all(values, options) end

---@class fal.prompt.vocabulary
---@field style string[]
---@field camera string[]
---@field direction string[]
---@field pacing string[]
---@field effects string[]
---@field model string[]
---@field length string[]

---@class fal.prompt
---@field vocabulary fal.prompt.vocabulary
---@overload fun(given: fal.prompt.fields|fal.prompt.value|string): fal.prompt.value
local prompt = {}

--- Lets any text stand where a word of the vocabulary is asked for.
---@param text string
---@return fal.prompt.custom custom
function prompt.custom(text) end

--- Makes a prompt of several shots in order.
---@param given table  the shots by number; shared fields by name
---@return fal.prompt.shots shots
function prompt.shots(given) end

--- Makes a template; a broken one raises with line and column.
---@param text string
---@param options? fal.prompt.template_options
---@return fal.prompt.template template
function prompt.template(text, options) end

--- Makes prompts of rows: a CSV text with a head, or lines.
---@param source string|string[]|fun(): string?
---@return fal.prompt.value[]? prompts
---@return table[]|fal.error others  for each prompt the cells that are no fields
function prompt.table(source) end

--- Tells whether this is a prompt, or a row of shots.
---@param any any
---@return boolean
function prompt.is(any) end

return prompt
