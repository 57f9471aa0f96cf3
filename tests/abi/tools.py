"""Programs of the system. One that is missing is a failure with a name, never a reason to skip."""
import shutil
import subprocess


def find(*names, package=None):
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise SystemExit(
        "%s is not installed; it is in the package %s (./bazelw installs it)"
        % (names[0], package or names[0])
    )


def run(command):
    """What it prints; its failure is ours."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            "%s failed with %d:\n%s%s"
            % (" ".join(command), done.returncode, done.stdout, done.stderr)
        )
    return done.stdout
