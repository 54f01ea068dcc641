#!/bin/sh
# Fetches what words.py reads into the folder SOURCES. usage: sources.sh SOURCES
# Needs apt-get and dpkg (Debian), npm, tar, gzip.
set -eu
mkdir -p "$1/scowl" "$1/law"
to=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q scowl hunspell-fr-comprehensive
for deb in *.deb; do dpkg -x "$deb" .; done
cp usr/share/hunspell/fr.aff usr/share/hunspell/fr.dic "$to"
cp usr/share/dict/scowl/* "$to/scowl"
npm pack -s @cspell/dict-companies@3.2.14 @cspell/dict-software-terms@5.4.9 @socialgouv/legi-data@2.513.0 @socialgouv/kali-data@3.449.0 >/dev/null
for pack in cspell-dict-companies cspell-dict-software-terms socialgouv-legi-data socialgouv-kali-data; do
	mkdir "$pack"
	tar xzf "$pack"-[0-9]*.tgz -C "$pack" --strip-components=1
done
cp cspell-dict-companies/dict/companies.txt "$to"
{
	gzip -dc cspell-dict-software-terms/dict/softwareTerms.txt.gz
	cat cspell-dict-software-terms/dict/software-tools.txt cspell-dict-software-terms/dict/webServices.txt
} >"$to/software.txt"
cp socialgouv-legi-data/data/LEGITEXT*.json "$to/law"
mkdir -p "$to/law/agreements"
cp socialgouv-kali-data/data/*.json "$to/law/agreements"
