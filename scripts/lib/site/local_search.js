// SPDX-License-Identifier: BSD-3-Clause
//
// Search in pages that were opened as files. A browser starts no worker there and reads no JSON, so this takes the worker's place,
// and the index comes as a script.

if (location.protocol === 'file:') {
  const load = (file) => new Promise((done) => {
    const script = document.createElement('script');
    script.src = base_url + '/search/' + file;
    script.onload = done;
    document.head.append(script);
  });

  window.Worker = class {
    async postMessage(message) {
      if (message.init) {
        await load('lunr.js');
        await load('search_index.js');
        const {config, docs} = window.searchIndex;
        lunr.tokenizer.separator = new RegExp(config.separator);
        this.pages = new Map(docs.map((page) => [page.location, page]));
        this.index = lunr(function () {
          this.ref('location');
          this.field('title');
          this.field('text');
          docs.forEach((page) => this.add(page));
        });
        this.onmessage({data: {config}});
        this.onmessage({data: {allowSearch: true}});
      } else {
        const found = this.index.search(message.query).map(({ref}) => this.pages.get(ref));
        this.onmessage({data: {results: found.map((page) => ({...page, summary: page.text.substring(0, 200)}))}});
      }
    }
  };
}
