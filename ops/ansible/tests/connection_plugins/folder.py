"""Connection to a system in a folder: what Ansible would do by SSH happens in a chroot."""

import os
import shlex
import shutil

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: folder
short_description: A system in a folder
description: Runs commands by chroot. The folder is the variable ansible_host.
extends_documentation_fragment: [connection_pipelining]
options:
  remote_addr:
    description: The folder.
    vars: [{name: ansible_host}]
"""


class Connection(Local):
    """Local commands and files, below a root."""

    transport = "folder"
    has_pipelining = True

    def _below(self, path):
        return os.path.join(self.get_option("remote_addr"), os.path.normpath(path).lstrip("/"))

    def exec_command(self, cmd, in_data=None, sudoable=True):
        """Runs CMD in the folder."""
        inside = f"chroot {shlex.quote(self.get_option('remote_addr'))} /usr/bin/env -i HOME=/root " \
                 f"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c {shlex.quote(cmd)}"
        return super().exec_command(inside, in_data=in_data, sudoable=False)

    def put_file(self, in_path, out_path):
        """Copies a file into the folder."""
        shutil.copyfile(in_path, self._below(out_path))

    def fetch_file(self, in_path, out_path):
        """Copies a file out of the folder."""
        shutil.copyfile(self._below(in_path), out_path)
