rockspec_format = "3.0"
package = "fal"
version = "0.1.0-1"
source = {
  url = "git+https://example.org/fal-lua.git",  -- where the project is published
  tag = "v0.1.0",
}
description = {
  summary = "Client for the model service fal, with an engine in C",
  detailed = [[
    Calls the models of fal from Lua 5.4: one at once, many at once, alone or
    inside the event loop of a host program. Pays once: a request is repeated
    only when it is certain that nothing was accepted. Comes with a sandbox
    that stands in for the whole service, and with falua, a Lua host that has
    the library built in.
  ]],
  license = "MIT",
  labels = { "http", "async", "ai", "video" },
}
dependencies = {
  "lua >= 5.4, < 5.5",
  "lua-cjson >= 2.1",
}
supported_platforms = { "unix" }
external_dependencies = {
  CURL = { library = "curl" },  -- its header is looked for by CMake
}
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    CMAKE_INSTALL_BINDIR = "$(BINDIR)",
    CMAKE_PREFIX_PATH = "$(CURL_DIR)",
    FAL_INSTALL_CMOD = "$(LIBDIR)",
    FAL_INSTALL_LMOD = "$(LUADIR)",
    FAL_TESTS = "OFF",
    LUA_INCLUDE_DIR = "$(LUA_INCDIR)",
  },
}
test = {
  type = "command",
  script = "tools/test",
}
