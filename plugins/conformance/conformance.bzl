"""A test that a plugin keeps what coffer/plugin/*.h promise."""

_KIT = str(Label("//plugins/conformance"))
_RUN = str(Label("//plugins/conformance:run.sh"))

def coffer_plugin_test(name, plugin, strategies = None, args = [], data = [], **kwargs):
    """Runs the conformance kit on a plugin.

        load("@coffer//plugins/conformance:conformance.bzl", "coffer_plugin_test")
        coffer_plugin_test(name = "mine_test", plugin = ":mine")

    Args:
      name: name of the test.
      plugin: the label of a coffer_plugin.
      strategies: for stores, a coffer_plugin_folder to take strategies from. Without it the kit's
        own strategy answers to every name; it watches what the store does with it.
      args: more arguments of the kit, such as "--option capacity=100" or "--quirks $(rootpath q)".
      data: files that the arguments name.
      **kwargs: of sh_test: size, tags, env.
    """
    if strategies != None:
        args = ["--strategy-path", "$(rootpath %s)" % strategies] + args
        data = [strategies] + data
    native.sh_test(
        name = name,
        srcs = [_RUN],
        args = ["$(rootpath %s)" % _KIT, "$(rootpath %s)" % plugin] + args,
        data = [_KIT, plugin] + data,
        **kwargs
    )
