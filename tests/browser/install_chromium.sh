#!/bin/sh
# Installs Chromium where that is possible without asking: as root on a system with apt. Never fails.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "Installing Chromium for the browser tests"
	if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
		exit 0
	fi
fi
echo "Chromium is not here and cannot be installed without you: the browser tests will be skipped. Install it to run them."
