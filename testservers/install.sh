#!/usr/bin/env bash
# Makes the servers that the tests start available: OpenLDAP and Samba (as a
# domain controller of Active Directory) and the browser Chromium from Debian's
# packages, and the node modules of the SCIM service in scimmy/.
# It installs only what is missing, and fails with one line that says what to
# install where it may not do so itself. It starts no server.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() { echo "testservers: $*" >&2; exit 1; }

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

policy=/usr/sbin/policy-rc.d
made_policy=

# Debian starts a server as it is installed, unless this file says no (101).
forbid_services() {
  [ ! -e "$policy" ] || return 0
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

allow_services() {
  [ -z "$made_policy" ] || rm -f "$policy"
}

install_servers() {
  local missing=() wanted
  # Debian keeps servers in sbin, which is not on everybody's PATH.
  [ -x /usr/sbin/slapd ] && [ -x /usr/sbin/slapadd ] || missing+=(slapd)
  command -v ldapsearch >/dev/null || missing+=(ldap-utils)
  [ -x /usr/sbin/samba ] || missing+=(samba samba-ad-dc winbind)
  [ -e /usr/share/samba/setup/provision.ldif ] || missing+=(samba-ad-provision)
  compgen -G '/usr/lib/*/samba/ldb/samldb.so' >/dev/null || missing+=(samba-dsdb-modules samba-vfs-modules)
  command -v ldbmodify >/dev/null || missing+=(ldb-tools)
  # A browser opens the pages, and shows text that no font of its own has.
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium fonts-dejavu-core)
  [ ${#missing[@]} -gt 0 ] || return 0
  wanted=${missing[*]}
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
    die "install the Debian packages $wanted (as root: apt-get install $wanted)"
  echo "testservers: installing $wanted" >&2
  trap allow_services EXIT
  forbid_services
  apt install --no-install-recommends -y "${missing[@]}" ||
    { apt update && apt install --no-install-recommends -y "${missing[@]}"; } ||
    die "could not install $wanted"
}

install_modules() {
  local tool stamp=$here/scimmy/node_modules/.package-lock.json
  for tool in node npm; do
    command -v "$tool" >/dev/null || die "install $tool (Debian packages: nodejs npm)"
  done
  [ ! -e "$stamp" ] || [ "$here/scimmy/package-lock.json" -nt "$stamp" ] || return 0
  echo "testservers: npm ci in scimmy" >&2
  (cd "$here/scimmy" && npm ci --no-audit --no-fund --loglevel=error </dev/null >&2) ||
    die "npm ci failed in $here/scimmy"
  touch "$stamp"
}

install_servers
install_modules
