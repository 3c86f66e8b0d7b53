"""Turns installed Debian -dev packages into cc_library targets."""

_LIBRARY = """
cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {linkopts},
    deps = {deps},
)
"""

def _library(name, defines = [], linkopts = [], deps = []):
    return _LIBRARY.format(name = name, defines = defines, linkopts = linkopts, deps = deps)

def _build_file(ctx, libraries):
    ctx.file("BUILD.bazel", "package(default_visibility = [\"//visibility:public\"])\n" + "".join(libraries))

def _missing(what, package):
    fail("\n\n{} is missing. Install it: apt-get install {}\n".format(what, package))

def _require_program(ctx, program, package):
    if not ctx.which(program):
        _missing("The program " + program, package)

def _pkg_config(ctx, args, package):
    result = ctx.execute(["pkg-config"] + args)
    if result.return_code != 0:
        _missing("The library that `pkg-config {}` asks for".format(" ".join(args)), package)
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _last_of_each(words):
    # The linker resolves symbols from left to right, so only the last mention of a repeated library is needed.
    return reversed({word: True for word in reversed(words)}.keys())

def _module_library(ctx, name, module, package):
    cflags = _pkg_config(ctx, ["--cflags", module], package)
    libs = _pkg_config(ctx, ["--libs", module], package)
    return _library(
        name,
        defines = [flag[2:] for flag in cflags if flag.startswith("-D")],
        # The packages also list libraries that only a static link needs: --as-needed drops the unused ones.
        linkopts = ["-Wl,--as-needed"] + _last_of_each([
            flag
            for flag in libs
            if flag.startswith("-l") or flag == "-pthread"
        ]),
    )

def _modules(ctx):
    modules = dict(ctx.attr.modules)
    prefix = ctx.attr.module_prefix
    if prefix:
        for word in _pkg_config(ctx, ["--list-all"], ctx.attr.package):
            if word.startswith(prefix):
                modules[word[len(prefix):]] = word
        if not modules:
            _missing("Every library named {}*".format(prefix), ctx.attr.package)
    return modules

def _debian_library_impl(ctx):
    _require_program(ctx, "pkg-config", "pkgconf")
    for program, package in ctx.attr.programs.items():
        _require_program(ctx, program, package)
    libraries = [
        _module_library(ctx, name, module, ctx.attr.package)
        for name, module in _modules(ctx).items()
    ]
    _build_file(ctx, libraries)

debian_library = repository_rule(
    doc = "Libraries of a Debian package that are known to pkg-config.",
    implementation = _debian_library_impl,
    attrs = {
        "module_prefix": attr.string(doc = "Every module with this prefix becomes a target, named without the prefix."),
        "modules": attr.string_dict(doc = "Maps a target name to a pkg-config module."),
        "package": attr.string(mandatory = True, doc = "The package to install if a module is missing."),
        "programs": attr.string_dict(doc = "Maps a program that this library needs at build time to its package."),
    },
    configure = True,
    environ = ["PATH", "PKG_CONFIG_PATH"],
    local = True,
)

def _macro_value(text, macro):
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if word]
        if words[:2] == ["#define", macro]:
            return int(words[2])
    return 0

def _debian_headers_impl(ctx):
    header = ctx.path("/usr/include/" + ctx.attr.header)
    if not header.exists:
        _missing(str(header), ctx.attr.package)
    if ctx.attr.minimum_macro and _macro_value(ctx.read(header), ctx.attr.minimum_macro) < ctx.attr.minimum:
        _missing("{} with {} of at least {}".format(header, ctx.attr.minimum_macro, ctx.attr.minimum), ctx.attr.package)
    _build_file(ctx, [_library(ctx.name, ctx.attr.defines, ctx.attr.linkopts)])

debian_headers = repository_rule(
    doc = "A header-only library that is not known to pkg-config.",
    implementation = _debian_headers_impl,
    attrs = {
        "defines": attr.string_list(),
        "header": attr.string(mandatory = True, doc = "A header of the package, relative to /usr/include."),
        "linkopts": attr.string_list(),
        "minimum": attr.int(),
        "minimum_macro": attr.string(doc = "Macro in the header that must be at least `minimum`."),
        "package": attr.string(mandatory = True, doc = "The package to install if the header is missing or too old."),
    },
    configure = True,
    local = True,
)
