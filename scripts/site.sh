# make a static site of README and docs/, with search, in out/site
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Its pages load nothing from elsewhere. mkdocs wants all pages in one folder: they are copied to out/pages, at the same paths,
# with the files that they link to. Prints where the site begins.

[[ $# -eq 0 ]] || fail "site: unknown argument $1; usage: ./dev site"
need_packages mkdocs python3-pygments python3-pymdownx
command -v mkdocs >/dev/null || fail "there is no mkdocs here: install it (Debian: mkdocs, python3-pygments, python3-pymdownx)"

site_pages=$out/pages
site=$out/site

# site_copy <path below the root>: copies a file, and then what it links to if it is a page.
site_copy() {
  local file=$1 link
  [[ ! -e $site_pages/$file ]] || return 0
  mkdir -p "$site_pages/$(dirname "$file")"
  cp "$root/$file" "$site_pages/$file"
  [[ $file == *.md ]] || return 0
  # The fence of examples that are not whole scripts is a word for the tests only.
  sed -i 's/^```php-fragment$/```php/' "$site_pages/$file"
  while IFS= read -r link; do
    link=$(realpath -m --relative-to="$root" "$root/$(dirname "$file")/$link")
    [[ $link == ../* || ! -f $root/$link ]] || site_copy "$link"
  done < <(grep -oP '\]\(\K(?![a-z]+:)[^)#]+' "$root/$file" || true)
}

rm -rf "$site_pages" "$site"
while IFS= read -r site_page; do
  site_copy "$site_page"
done < <(cd "$root" && find README.md CONTRIBUTING.md CHANGELOG.md docs -name '*.md' | sort)
cp "$root"/scripts/lib/site/* "$site_pages/"
pygmentize -S default -f html -a .codehilite >"$site_pages/pygments.css"

# Debian's theme names scripts that its package has under another name (jQuery), or not at all: nothing here needs those.
site_python=$(sed -n '1s/^#! *//p' "$(command -v mkdocs)")
site_theme=$($site_python -c 'import mkdocs, os; print(os.path.dirname(mkdocs.__file__))')/themes/readthedocs
mkdir -p "$site_pages/js"
while IFS= read -r site_script; do
  [[ ! -e $site_theme/js/$site_script ]] || continue
  case $site_script in
    jquery*) cp /usr/share/javascript/jquery/jquery.min.js "$site_pages/js/$site_script" ;;
    *) : >"$site_pages/js/$site_script" ;;
  esac
done < <(grep -oP "'js/\K[^']+" "$site_theme/base.html")

say "making the site"
mkdocs build --strict --config-file "$root/mkdocs.yml" >"$out/site.log" 2>&1 || {
  grep -E 'WARNING|ERROR|Error' "$out/site.log" >&2 || true
  fail "mkdocs finds mistakes in the pages: $out/site.log"
}
{
  printf 'window.searchIndex = '
  cat "$site/search/search_index.json"
  echo ';'
} >"$site/search/search_index.js"
echo "$site/index.html"
