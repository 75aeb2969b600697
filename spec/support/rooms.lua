-- The plan of the house: what each room may use. A room is a C file with its
-- header, or a Lua module. spec/architecture_spec.lua compares every #include
-- and every require with these tables, so a change of plan is a change here.
local rooms = {}

-- The layers, each with those below it. Nothing points up, nothing skips.
rooms.layers = {
  engine = "",
  module = "engine",
  host = "module",
}

-- Libraries by the headers they are known by, and the layers that may include
-- them. Which room of the layer does is said below, as <curl>.
rooms.libraries = {
  curl = { headers = { "curl/" }, layers = "engine" },
  lua = { headers = { "lua.h", "lauxlib.h", "lualib.h", "luaconf.h" }, layers = "module host" },
  microhttpd = { headers = { "microhttpd.h" }, layers = "engine" },
  crypto = { headers = { "openssl/" }, layers = "engine" },
  sqlite = { headers = { "sqlite3.h" }, layers = "module" },
  edit = { headers = { "editline/", "histedit.h" }, layers = "host" },
}

-- C rooms: the rooms of the same layer, of the layer below (engine/bytes) and
-- the libraries (<curl>) that each may use. Lua's headers are free to the
-- layers that may have them; so are those of C and POSIX.
rooms.c = {
  engine = {
    bytes = "",
    child = "pollable reactor",
    digest = "<crypto>",
    pollable = "",
    endpoint = "bytes",
    httpd = "inbound pollable <microhttpd>",
    inbound = "bytes httpd pollable spool <microhttpd>",
    spool = "bytes",
    jsontext = "",
    library = "<curl>",
    sse = "bytes",
    header = "",
    poller = "",
    reactor_transfer = "reactor <curl>",
    reactor = "poller pollable reactor_transfer <curl>",
    slist = "<curl>",
    socket = "",
    source = "",
    target = "transfer",
    transfer = "bytes header reactor reactor_transfer slist socket source <curl>",
  },
  module = {
    answer = "error exchange json verdict",
    await = "loop waitable",
    client = "error loop engine/endpoint",
    codec = "engine/jsontext",
    command = "error loop modules waitable engine/child",
    complaint = "engine/bytes",
    core = "client exchange freight json modules verbs",
    error = "modules",
    exchange = "await client error json loop waitable engine/endpoint engine/header engine/transfer",
    freight = "error exchange engine/source engine/target",
    http = "answer error exchange freight options verbs verdict",
    modules = "",
    options = "exchange json",
    paid = "exchange options",
    queue = "answer error exchange json options paid verbs verdict",
    loop = "engine/reactor",
    reactor = "await loop modules waitable",
    stream = "answer await error exchange json paid verbs verdict engine/sse",
    sys = "modules engine/library engine/reactor engine/source",
    upload = "answer error exchange freight json options verbs verdict",
    verbs = "",
    verdict = "complaint error exchange json",
    json = "codec modules engine/jsontext",
    jsondecode = "codec json engine/jsontext",
    jsonencode = "codec json engine/jsontext",
    waitable = "engine/pollable",
    failure = "",
    digest = "engine/digest failure modules",
    inbound = "engine/header engine/httpd failure waitable",
    server = "engine/httpd failure inbound modules waitable",
    store = "failure modules <sqlite>",
  },
  host = {
    call = "",
    embed = "",
    embedded = "",
    line = "call <edit>",
    main = "call embedded line state",
    pool = "",
    preload = "embedded",
    state = "pool",
  },
}

-- Lua rooms that know no clock, no file and no network: they may require each
-- other and the two C modules below, and nothing else. A name that ends in a
-- dot stands for all modules below it, but those that have an entry further down.
rooms.pure = {
  "fal.base64", "fal.copy", "fal.download.shape", "fal.filename", "fal.ioerror", "fal.mime", "fal.misuse",
  "fal.models", "fal.models.", "fal.money", "fal.nearest", "fal.options", "fal.percent", "fal.prompt.", "fal.request",
  "fal.retry", "fal.sandbox.address", "fal.sandbox.data.media", "fal.sandbox.description", "fal.sandbox.outcome",
  "fal.sandbox.prose", "fal.size", "fal.storage.plan", "fal.timestamp", "fal.unseen", "fal.workflow.advice",
  "fal.workflow.graph", "fal.workflow.layout", "fal.workflow.listing", "fal.workflow.page", "fal.workflow.reference",
  "fal.workflow.verdict",
}
rooms.free_to_pure = { "fal.core.error", "fal.core.json" }

-- The other Lua rooms, with what each may require; the longest name that fits
-- counts, here too with a dot for all modules below.
rooms.lua = {
  ["falua."] = "fal fal. falua.",
  ["fal"] = "fal.client fal.core fal.core.reactor fal.gather fal.luv fal.misuse fal.options fal.task",
  ["fal.attempts"] = "fal.core.error fal.core.sys fal.retry fal.task",
  ["fal.bill"] = "fal.models.paid fal.models.service fal.money",
  ["fal.client"] = [[fal.copy fal.download fal.inputs fal.misuse fal.models.service fal.options fal.queue fal.storage
    fal.stream]],
  ["fal.download"] = [[fal.base64 fal.copy fal.core.error fal.core.sys fal.download.fetch fal.download.partial
    fal.download.shape fal.filename fal.fingerprint fal.gather fal.history fal.mime fal.misuse fal.options
    fal.progress fal.task]],
  ["fal.download.fetch"] = "fal.attempts fal.core.error fal.progress fal.storage.token",
  ["fal.download.partial"] = "fal.core.json fal.core.sys fal.filename",
  ["fal.file"] = [[fal.base64 fal.copy fal.core.error fal.core.sys fal.filename fal.ioerror fal.mime fal.misuse
    fal.options]],
  ["fal.fingerprint"] = "fal.core.digest fal.task",
  ["fal.inputs"] = "fal.copy fal.core.error fal.core.json fal.file fal.gather",
  ["fal.progress"] = "fal.core.reactor fal.task",
  ["fal.storage"] = [[fal.attempts fal.file fal.options fal.progress fal.storage.known fal.storage.parts
    fal.storage.plan fal.storage.signed fal.storage.token]],
  ["fal.storage.known"] = [[fal.core.digest fal.core.json fal.core.sys fal.fingerprint fal.history
    fal.storage.token]],
  ["fal.storage.parts"] = "fal.core.error fal.core.json fal.gather fal.storage.token fal.task",
  ["fal.storage.signed"] = "fal.attempts fal.core.error fal.core.json",
  ["fal.storage.token"] = "fal.attempts fal.core.error fal.core.json fal.core.sys fal.task fal.timestamp",
  ["fal.gather"] = "fal.core.error fal.misuse fal.options fal.task",
  ["fal.history"] = [[fal.attempts fal.bill fal.core.error fal.core.reactor fal.core.sys fal.download.shape
    fal.history.book fal.history.place fal.history.text fal.models]],
  ["fal.history.book"] = "fal.core.error fal.core.store fal.core.sys",
  ["fal.history.place"] = "fal.xdg",
  ["fal.history.search"] = "fal.history.text",
  ["fal.history.text"] = "fal.copy fal.core.json fal.size",
  ["fal.luv"] = "fal.core.reactor fal.misuse fal.task",
  ["fal.queue"] = [[fal.attempts fal.bill fal.copy fal.core.error fal.history fal.misuse fal.options fal.percent
    fal.request fal.task fal.watch]],
  ["fal.raise"] = "fal fal.core.error fal.request",
  ["fal.scheduler"] = "fal.core.reactor fal.unseen",
  ["fal.stream"] = "fal.history fal.misuse fal.options",
  ["fal.task"] = "fal.core.error fal.core.reactor fal.misuse fal.scheduler fal.unseen",
  ["fal.watch"] = "fal.attempts fal.core.error fal.core.json fal.core.reactor fal.core.sys fal.task",
  ["fal.workflow"] = [[fal.core.error fal.core.json fal.file fal.ioerror fal.misuse fal.money fal.options fal.task
    fal.workflow.exchange fal.workflow.graph fal.workflow.reference fal.workflow.session fal.workflow.view]],
  ["fal.workflow.call"] = [[fal.core.error fal.core.json fal.core.sys fal.money fal.workflow.advice fal.workflow.key
    fal.workflow.ledger fal.workflow.lookup fal.workflow.price fal.workflow.verdict]],
  ["fal.workflow.context"] = [[fal.core.error fal.core.sys fal.workflow.journal fal.workflow.ledger fal.workflow.plan
    fal.workflow.price]],
  ["fal.workflow.draw"] = "fal.workflow.layout",
  ["fal.workflow.exchange"] = "fal.core.error fal.core.json fal.workflow.reference",
  ["fal.workflow.explain"] = [[fal.core.json fal.workflow.input fal.workflow.key fal.workflow.ledger
    fal.workflow.listing]],
  ["fal.workflow.hands"] = [[fal.core.error fal.core.sys fal.models fal.nearest fal.workflow.ledger
    fal.workflow.review]],
  ["fal.workflow.input"] = "fal.workflow.media fal.workflow.reference",
  ["fal.workflow.journal"] = [[fal.core.digest fal.core.error fal.core.store fal.core.sys fal.task
    fal.workflow.schema]],
  ["fal.workflow.key"] = "fal.core.digest fal.core.error fal.core.json fal.file fal.fingerprint fal.models",
  ["fal.workflow.ledger"] = "fal.core.error fal.core.json fal.core.sys fal.money",
  ["fal.workflow.lookup"] = "fal.core.json fal.percent fal.workflow.key",
  ["fal.workflow.map"] = [[fal.core.command fal.core.digest fal.core.error fal.core.json fal.core.reactor fal.core.sys
    fal.fingerprint fal.task fal.workflow.key fal.workflow.ledger fal.workflow.media]],
  ["fal.workflow.media"] = [[fal.core.digest fal.core.json fal.core.sys fal.file fal.filename
    fal.fingerprint fal.ioerror fal.mime fal.task]],
  ["fal.workflow.outcome"] = "fal.core.error fal.money fal.workflow.advice fal.workflow.ledger",
  ["fal.workflow.plan"] = [[fal.money fal.workflow.input fal.workflow.key fal.workflow.ledger fal.workflow.listing
    fal.workflow.reference fal.workflow.review]],
  ["fal.workflow.price"] = "fal.bill fal.models.paid fal.models.service fal.money",
  ["fal.workflow.report"] = [[fal.core.json fal.core.sys fal.ioerror fal.mime fal.money fal.workflow.advice
    fal.workflow.ledger fal.workflow.listing fal.workflow.media fal.workflow.page fal.workflow.save]],
  ["fal.workflow.review"] = "fal.core.digest fal.core.error fal.core.sys fal.workflow.advice fal.workflow.key",
  ["fal.workflow.run"] = [[fal.core.error fal.gather fal.task fal.workflow.call fal.workflow.input fal.workflow.ledger
    fal.workflow.map fal.workflow.outcome fal.workflow.review fal.workflow.save]],
  ["fal.workflow.save"] = [[fal.core.error fal.core.json fal.core.sys fal.fingerprint fal.ioerror fal.workflow.media
    fal.workflow.reference]],
  ["fal.workflow.schema"] = "fal.core.error",
  ["fal.workflow.session"] = [[fal fal.core.error fal.core.sys fal.misuse fal.options fal.task
    fal.workflow.context fal.workflow.draw fal.workflow.exchange fal.workflow.explain fal.workflow.hands
    fal.workflow.ledger fal.workflow.media fal.workflow.price fal.workflow.reference fal.workflow.report
    fal.workflow.run]],
  ["fal.workflow.view"] = "fal.core.json fal.core.sys fal.money fal.task",
  ["fal.xdg"] = "",
  ["fal.models.service"] = [[fal.core.sys fal.models fal.models.paid fal.models.remote fal.models.shelf
    fal.xdg]],
  ["fal.models.shelf"] = "fal.core.sys",
  ["fal.prompt"] = [[fal fal.prompt.adapt fal.prompt.folder fal.prompt.generator fal.prompt.rows fal.prompt.shots
    fal.prompt.template fal.prompt.value fal.prompt.words]],
  ["fal.prompt.folder"] = "",
  ["fal.sandbox.access"] = "fal.sandbox.address fal.sandbox.reply fal.sandbox.tokens",
  ["fal.sandbox.apps"] = "fal.core.json fal.models fal.sandbox.address fal.sandbox.outcome fal.sandbox.shape",
  ["fal.sandbox.chance"] = "fal.core.sys",
  ["fal.sandbox.clock"] = "fal.core.sys",
  ["fal.sandbox.events"] = "fal.task",
  ["fal.sandbox.exchange"] = "fal.core.error fal.sandbox.reply",
  ["fal.sandbox.faults"] = "fal.misuse fal.sandbox.events fal.sandbox.outcome fal.sandbox.reply fal.task",
  ["fal.sandbox.feed"] = "fal.core.json fal.sandbox.events",
  ["fal.sandbox.files"] = [[fal.core.digest fal.core.json fal.core.sys fal.sandbox.address fal.sandbox.reply
    fal.sandbox.tokens]],
  ["fal.sandbox"] = [[fal.core.error fal.core.reactor fal.core.server fal.misuse fal.options fal.sandbox.chance
    fal.sandbox.clock fal.sandbox.faults fal.sandbox.files fal.sandbox.mirror fal.sandbox.router fal.task]],
  ["fal.sandbox.job"] = "fal.core.json fal.sandbox.outcome fal.task",
  ["fal.sandbox.media"] = "fal.core.digest fal.sandbox.data.media",
  ["fal.sandbox.mirror"] = "fal.core fal.sandbox.access fal.sandbox.exchange fal.sandbox.reply fal.sandbox.tape",
  ["fal.sandbox.tape"] = "fal.core.digest fal.core.json fal.ioerror",
  ["fal.sandbox.parts"] = [[fal.core.json fal.core.sys fal.sandbox.exchange fal.sandbox.files fal.sandbox.reply
    fal.task]],
  ["fal.sandbox.platform"] = [[fal.core.json fal.models.index fal.models.units fal.sandbox.access
    fal.sandbox.address fal.sandbox.apps fal.sandbox.description fal.sandbox.reply fal.timestamp]],
  ["fal.sandbox.queue"] = [[fal.sandbox.access fal.sandbox.address fal.sandbox.apps fal.sandbox.exchange
    fal.sandbox.faults fal.sandbox.feed fal.sandbox.files fal.sandbox.job fal.sandbox.outcome fal.sandbox.reply
    fal.sandbox.webhook fal.sandbox.worker]],
  ["fal.sandbox.reply"] = "fal.core.json",
  ["fal.sandbox.router"] = [[fal.sandbox.access fal.sandbox.exchange fal.sandbox.faults fal.sandbox.platform
    fal.sandbox.queue fal.sandbox.reply fal.sandbox.run fal.sandbox.storage fal.sandbox.tokens fal.sandbox.webhook]],
  ["fal.sandbox.run"] = [[fal.core.json fal.core.reactor fal.sandbox.access fal.sandbox.address fal.sandbox.apps
    fal.sandbox.events fal.sandbox.exchange fal.sandbox.faults fal.sandbox.files fal.sandbox.job fal.sandbox.outcome
    fal.sandbox.reply fal.sandbox.worker fal.task]],
  ["fal.sandbox.shape"] = "fal.core.json fal.sandbox.files fal.sandbox.media fal.sandbox.prose",
  ["fal.sandbox.storage"] = [[fal.core.json fal.sandbox.access fal.sandbox.address fal.sandbox.exchange
    fal.sandbox.files fal.sandbox.parts fal.sandbox.reply fal.task]],
  ["fal.sandbox.tokens"] = "fal.core.digest fal.core.json fal.sandbox.address fal.sandbox.exchange fal.sandbox.reply",
  ["fal.sandbox.webhook"] = "fal.core fal.core.digest fal.core.json fal.sandbox.reply fal.task",
  ["fal.sandbox.worker"] = "fal.core.error fal.core.json fal.misuse fal.sandbox.files fal.sandbox.outcome fal.task",
}

return rooms
