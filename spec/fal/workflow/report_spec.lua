-- Drawings and the report: what they show, and that nothing which comes from a
-- prompt or an output is more than text in them.
local bench = require "fal.workflow.bench"
local file = require "support.file"
local layout = require "fal.workflow.layout"
local process = require "support.process"

local evil <const> = [[</dd></style><script>document.title="owned"</script><img src=x onerror=alert(1)>"'&]]

describe("a report", function()
  local b

  before_each(function()
    b = bench.open { endpoints = {
      ["me/evil"] = function(_, job)
        return {
          image = job:file("png", evil .. ".png", "image/png"), text = evil, link = "javascript:alert(1)",
          ["<b>" .. evil] = { url = "http://127.0.0.1:1/a.mp4?x=\"onload=\"y", file_name = "../../<i>.mp4" },
        }
      end,
    } }
  end)

  after_each(function() b:close() end)

  local function made()
    local wf = b:workflow "show"
    local first = wf:call("me/evil", { prompt = evil }, { name = "first" })
    local clip = wf:call("fal-ai/veo3/fast", { prompt = wf:text("{}", first.text) }, { name = "clip" })
    wf:save(clip, b:path "out/{step}.mp4")
    wf:save(first.image, b:path "out/{step}.png", { name = "stills" })
    return wf
  end

  local function page()
    local path = b:path "report.html"
    assert.are.equal(path, made():report(path))
    return file.read(path)
  end

  it("can be made before anything has run", function()
    local html = page()
    assert.matches("$3.20", html)
    assert.matches("0 of 4", html)
  end)

  it("shows each step with input, output, player, time, price and request", function()
    assert(made():run())
    local html = page()
    local id = b:rows("SELECT request_id FROM calls WHERE step = 'clip'")[1].request_id
    assert.is_truthy(html:find(id, 1, true))
    assert.matches('<video [^>]*src="out/clip.mp4"', html)
    assert.matches('<img [^>]*src="out/first.png"', html)
    assert.matches("fal%-ai/veo3/fast · %d+%.%d s · $3.20 %(", html)
    assert.matches("4 of 4", html)
    assert.matches("prefers%-color%-scheme:dark", html)
    assert.matches('name="viewport"', html)
  end)

  it("is safe against markup, and needs nothing from elsewhere", function()
    assert(made():run())
    local html = page()
    local tags = { script = true, iframe = true, object = true, link = true, base = true, form = true }
    for tag, attributes in html:gmatch "<(%a[%w]*)([^>]*)" do
      assert.is_nil(tags[tag:lower()], tag)
      assert.is_nil(attributes:lower():find("%son%a+%s*="), attributes)
      local source = attributes:match 'src="([^"]*)"'
      assert.is_nil(source and source:find("^%a+:"), source)
      local target = attributes:match 'href="([^"]*)"'
      assert.is_true(not target or not target:find "^%a+:" or target:find "^https?:" == 1, target)
    end
    assert.is_nil(html:find("<img src=x", 1, true))
    assert.is_nil(html:find("url%(", 1))
    assert.is_nil(html:find("@import", 1, true))
    assert.matches("Content%-Security%-Policy", html)
  end)

  local dark <const>, light <const> = 0, 1 -- Blink's numbers

  -- The document that Chromium makes of a file of the bench, as HTML.
  local function browse(name, scheme)
    local done = process.run {
      "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
      "--user-data-dir=" .. b:path "profile", "--dump-dom",
      "--blink-settings=preferredColorScheme=" .. scheme, "file://" .. b:path(name),
    }
    assert.are.equal(0, done.status, done.err)
    return done.out
  end

  it("is a page whose title a prompt cannot change, in a browser", function()
    assert(made():run())
    page()
    local seen = browse("report.html", light)
    assert.matches("<title>show</title>", seen)
    assert.is_nil(seen:find("<script", 1, true))
    assert.matches("/script&gt;", seen)
  end)

  -- A page that shows the report as wide as a phone, and says how wide it would like to be, and how bright it is.
  local phone <const> = [[<iframe id="phone" style="width:390px;height:800px;border:0" srcdoc="%s"></iframe><script>
    document.getElementById("phone").onload = function () {
      var page = this.contentDocument
      document.title = page.documentElement.scrollWidth + " "
        + this.contentWindow.getComputedStyle(page.body).backgroundColor
    }</script>]]

  it("fits a phone, and is dark where one wants it dark, in a browser", function()
    assert(made():run())
    local html = page():gsub('[&"]', { ["&"] = "&amp;", ['"'] = "&quot;" })
    file.write(b:path "phone.html", (phone:gsub("%%s", function() return html end)))
    local colours = {}
    for i, scheme in ipairs { dark, light } do
      local seen = browse("phone.html", scheme)
      local width, red = seen:match "<title>(%d+) rgba?%((%d+)"
      assert.is_true(tonumber(width) <= 390, width)
      colours[i] = tonumber(red)
    end
    assert.is_true(colours[1] < 64 and colours[2] > 192, table.concat(colours, " "))
  end)

  it("says when it cannot be written", function()
    local _, err = made():report(b:path "none/report.html")
    assert.are.equal("io", err.kind)
  end)
end)

describe("a drawing", function()
  local plan = {
    name = 'a "plan"', steps = {
      { name = "a", kind = "call", endpoint = 'x/"quoted\\"\n<b>', state = "cached", needs = {} },
      { name = "look", kind = "review", state = "review", needs = { "a" } },
      { name = "b", kind = "call", endpoint = "x/y", state = "new", needs = { "a", "look" } },
    },
    edges = { { from = "a", to = "look" }, { from = "a", to = "b" }, { from = "look", to = "b" } },
  }
  local draw = require "fal.workflow.draw"

  it("is DOT", function()
    local dot = draw.dot(plan)
    assert.matches('^digraph "a \\"plan\\"" {\n', dot)
    assert.is_truthy(dot:find([["a" [label="a\nx/\"quoted\\\" <b>", fillcolor="#dcfce7"];]], 1, true), dot)
    assert.matches('"look" %-> "b";', dot)
  end)

  it("is Mermaid", function()
    local text = draw.mermaid(plan)
    assert.matches("^flowchart LR\n", text)
    assert.is_truthy(text:find('s1["a<br/>x/#34;quoted#92;#34; #60;b#62;"]', 1, true), text)
    assert.is_truthy(text:find('s2{{"look<br/>review"}}', 1, true))
    assert.matches("s2 %-%-> s3", text)
  end)

  it("is SVG, with and without Graphviz", function()
    for _, svg in ipairs { draw.svg(plan), layout.svg(plan) } do
      assert.matches("<svg", svg)
      assert.matches("</svg>%s*$", svg)
      assert.is_nil(svg:find("<b>", 1, true))
    end
    local svg = layout.svg(plan)
    local x = {}
    for name, place in svg:gmatch '<title>(%w+): [^<]*</title><rect x="(%d+)"' do x[name] = tonumber(place) end
    assert.is_true(x.a < x.look and x.look < x.b)
    local _, edges = svg:gsub('class="edge"', "")
    assert.are.equal(3, edges)
  end)
end)
