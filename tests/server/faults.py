"""Real faults for a server: disks of its own that fill up or fail, and a clock that is wrong.

Disks need the right to mount. They are mounted in a namespace of the test, so nobody else sees them and they are gone
when the test ends, however it ends.
"""
import ctypes
import glob
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CLONE_NEWNS = 0x00020000
libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    """Runs a program of the system. Its error becomes the test's."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as problem:
        raise RuntimeError(f"this test needs the program {command[0]}") from problem
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def enter_own_mounts():
    """Gives this process and all that it starts a list of mounts of their own. Without the right, the test is skipped."""
    if libc.unshare(CLONE_NEWNS) != 0:
        raise unittest.SkipTest(f"this test mounts disks, which needs the right CAP_SYS_ADMIN: "
                                f"{os.strerror(ctypes.get_errno())}. Run it as root, outside a container without it")
    run("mount", "--make-rprivate", "/")


class SmallDisk:
    """A disk in memory. It can be filled to its last byte."""

    def __init__(self, folder, size="4m"):
        os.makedirs(folder)
        run("mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "gigaspot-test", folder)
        self.folder = folder
        self.filler = os.path.join(folder, "lost+found")  # a name that may be there

    def fill(self):
        with open(self.filler, "ab", buffering=0) as file:
            size = 1 << 16
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    def free(self):
        if os.path.exists(self.filler):
            os.remove(self.filler)

    def remount(self, how):
        run("mount", "-o", "remount," + how, self.folder)

    def unmount(self):
        run("umount", self.folder)


class FailingDisk:
    """A file system in a file. The kernel makes it read-only after an error, as it does when a real disk fails."""

    def __init__(self, folder):
        os.makedirs(folder)
        self.folder = folder
        self.image = folder + ".image"
        with open(self.image, "wb") as file:
            file.truncate(32 << 20)
        run("/sbin/mkfs.ext4", "-q", self.image)
        if not glob.glob("/dev/loop[0-9]*") and not os.path.exists("/dev/loop-control"):
            raise unittest.SkipTest("this test mounts a file, which needs a loop device: this machine has none")
        self.mount()

    def mount(self):
        run("mount", "-o", "loop,errors=remount-ro", self.image, self.folder)

    def fail(self):
        device = os.path.basename(run("findmnt", "-n", "-o", "SOURCE", self.folder))
        with open(f"/sys/fs/ext4/{device}/trigger_fs_error", "w", encoding="ascii") as file:
            file.write("1")

    def repair(self):
        """What an operator does: unmount, check, mount again."""
        self.unmount()
        subprocess.run(["/sbin/e2fsck", "-p", self.image], capture_output=True, check=False)
        self.mount()

    def unmount(self):
        run("umount", self.folder)


class Faults:
    """What faults.c does to a program. Give `environment` to the program, as its `env`."""

    def __init__(self, folder):
        self.own = tempfile.mkdtemp(prefix="gigaspot-faults-")
        library = os.path.join(self.own, "faults.so")
        run("cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-o", library, os.path.join(HERE, "faults.c"), "-ldl")
        self.file = os.path.join(self.own, "faults")
        self.clock, self.read_only = 0, False
        with open(self.file, "wb") as file:
            file.write(bytes(16))
        before = os.environ.get("LD_PRELOAD")
        self.environment = {**os.environ, "LD_PRELOAD": f"{library}:{before}" if before else library,
                            "FAULTS": self.file, "FAULTS_FOLDER": folder}

    def set(self, clock=None, read_only=None):
        """`clock`: seconds that it is ahead, or behind if below 0."""
        self.clock = self.clock if clock is None else clock
        self.read_only = self.read_only if read_only is None else read_only
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("=qq", int(self.clock * 1000), self.read_only))

    def remove(self):
        shutil.rmtree(self.own)
