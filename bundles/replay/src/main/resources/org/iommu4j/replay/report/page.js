// Draws the report: `data` is the object of report.json, Chart the Chart.js library.
(function () {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const time = data.timeline;
  const BUCKETS = 110;
  const charts = [];

  const element = id => document.getElementById(id);
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (value, digits) => Number(value).toLocaleString('en', {
    minimumFractionDigits: digits || 0, maximumFractionDigits: digits || 0 });
  const sum = object => Object.values(object).reduce((a, b) => a + b, 0);
  const millis = nanos => number(nanos / 1e6, nanos < 1e7 ? 2 : 1) + ' ms';

  function add(parent, tag, text, kind) {
    const child = document.createElement(tag);
    if (text !== undefined) child.textContent = text;
    if (kind) child.className = kind;
    parent.appendChild(child);
    return child;
  }

  function table(target, head, rows) {
    const line = (cells, tag) => {
      const row = add(target, 'tr');
      cells.forEach(cell => add(row, tag, cell));
    };
    line(head, 'th');
    rows.forEach(row => line(row, 'td'));
  }

  // Rows of the timeline that bound the buckets: enough for a curve, not so many that it is noise.
  const edges = (function () {
    const rows = time.nanos.length;
    const step = Math.max(1, Math.ceil((rows - 1) / BUCKETS));
    const picked = [];
    for (let row = 0; row < rows; row += step) picked.push(row);
    if (rows > 0 && picked[picked.length - 1] !== rows - 1) picked.push(rows - 1);
    return picked;
  })();

  // One point a bucket; `value` gets the bucket's first and last row, null leaves a gap.
  function curve(value) {
    const points = [];
    for (let i = 1; i < edges.length; i++) {
      const y = value(edges[i - 1], edges[i]);
      const middle = (time.nanos[edges[i - 1]] + time.nanos[edges[i]]) / 2e9;
      if (time.nanos[edges[i]] > time.nanos[edges[i - 1]]) points.push({ x: middle, y: y });
    }
    return points;
  }

  const grown = (column, from, to) => time[column][to] - time[column][from];
  const perSecond = column => (from, to) => grown(column, from, to) * 1e9 / grown('nanos', from, to);
  const ratio = (above, below) => (from, to) => {
    const all = below.reduce((total, column) => total + grown(column, from, to), 0);
    return all === 0 ? null : grown(above, from, to) / all;
  };

  Chart.plugins.register({
    beforeDatasetsDraw: chart => {
      if (!chart.options.swaps) return;
      const x = chart.scales['x-axis-1'];
      const area = chart.chartArea;
      const pen = chart.ctx;
      pen.save();
      data.swaps.forEach((swap, i) => {
        const left = Math.max(area.left, x.getPixelForValue(swap.startNanos / 1e9));
        const right = Math.min(area.right, Math.max(left + 1.5, x.getPixelForValue(swap.endNanos / 1e9)));
        pen.fillStyle = colour('--swap');
        pen.fillRect(left, area.top, right - left, area.bottom - area.top);
        if (chart.options.swaps === 'named') {
          pen.fillStyle = colour('--swap-ink');
          pen.font = '12px system-ui, sans-serif';
          pen.fillText('swap ' + (i + 1), left + 4, area.top + 12);
        }
      });
      pen.restore();
    }
  });

  function options(more) {
    const axis = extra => Object.assign({ gridLines: { color: colour('--line'), zeroLineColor: colour('--line'),
      drawBorder: false }, ticks: Object.assign({ fontColor: colour('--soft'), maxTicksLimit: 6 }, extra.ticks) },
      extra.axis);
    return {
      responsive: true, maintainAspectRatio: false, animation: { duration: 0 }, swaps: more.swaps,
      legend: { display: more.legend === true, align: 'start', position: 'top',
        labels: { fontColor: colour('--ink'), boxWidth: 10, padding: 14 } },
      tooltips: { mode: 'index', intersect: false, callbacks: { title: more.title, label: (item, all) =>
        (all.datasets[item.datasetIndex].label || '') + '  ' + more.format(item.yLabel) } },
      hover: { mode: 'index', intersect: false },
      scales: {
        xAxes: [axis({ ticks: more.xTicks, axis: Object.assign({}, more.x, more.x.type ? { id: 'x-axis-1' } : {}) })],
        yAxes: [axis({ ticks: Object.assign({ beginAtZero: true, callback: more.format }, more.yTicks), axis: {} })]
      }
    };
  }

  function lines(id, series, more) {
    charts.push(new Chart(element(id), {
      type: 'line',
      data: { datasets: series.map(each => ({ label: each.label, data: each.points, borderColor: colour(each.colour),
        backgroundColor: colour(each.colour), borderWidth: 1.8, pointRadius: 0, pointHitRadius: 6, lineTension: 0,
        fill: false })) },
      options: options(Object.assign({ swaps: 'plain', legend: series.length > 1,
        title: items => number(items[0].xLabel, 2) + ' s',
        x: { type: 'linear' }, xTicks: { min: 0, max: data.seconds,
          callback: value => value === data.seconds ? '' : number(value, 1) + ' s' } }, more))
    }));
  }

  function bars(id, counts, label) {
    charts.push(new Chart(element(id), {
      type: 'bar',
      data: { labels: Object.keys(counts), datasets: [{ label: label, data: Object.values(counts),
        backgroundColor: colour('--one') }] },
      options: options({ format: value => number(value), x: { gridLines: { display: false } }, xTicks: {
        maxTicksLimit: 30 }, title: items => items[0].xLabel + ' and more' })
    }));
  }

  function drawCharts() {
    charts.splice(0).forEach(chart => chart.destroy());
    const whole = { format: value => number(value) };
    lines('events', [{ label: 'maps', points: curve(perSecond('maps')), colour: '--one' },
      { label: 'unmaps', points: curve(perSecond('unmaps')), colour: '--two' }],
      Object.assign({ swaps: 'named' }, whole));
    lines('pages', [{ label: 'pages', points: curve((from, to) => time.livePages[to]), colour: '--three' }], whole);
    if (data.counted) {
      drawCounted();
    }
    bars('sizes', data.mapsBySize, 'maps');
    drawSpaces();
  }

  /** What only a machine that counts can tell. */
  function drawCounted() {
    lines('cost', [{ label: 'entries', points: curve(ratio('memoryReferences', ['translations'])), colour: '--one' }],
      { format: value => number(value, 2) });
    const palette = ['--one', '--two', '--three', '--four', '--soft'];
    lines('hits', caches().map((cache, i) => ({ label: cache, colour: palette[i % palette.length],
      points: curve(ratio(cache + '.hits', [cache + '.hits', cache + '.misses'])) })),
      { format: value => number(100 * value) + ' %', yTicks: { max: 1 } });
  }

  const caches = () => Object.keys(data.cacheHits)
    .filter(cache => data.cacheHits[cache] + (data.cacheMisses[cache] || 0) > 0)
    .sort((a, b) => (data.cacheMisses[b] || 0) - (data.cacheMisses[a] || 0));

  function drawSpaces() {
    const target = element('spaces');
    target.textContent = '';
    data.iovaSpaces.forEach(space => {
      const row = add(target, 'div', undefined, 'space');
      add(row, 'div', space.domain, 'name');
      const canvas = add(row, 'canvas');
      add(row, 'div', number(space.peakPages) + (space.peakPages === 1 ? ' page' : ' pages'), 'pages')
        .title = 'at its fullest moment';
      const ends = add(row, 'div', undefined, 'ends');
      const last = BigInt(space.lowest) + BigInt(space.cellBytes) * BigInt(space.fullest.length) - 1n;
      add(ends, 'span', space.lowest);
      add(ends, 'span', '0x' + last.toString(16));
      paint(canvas, space);
    });
  }

  function paint(canvas, space) {
    const cells = space.fullest.length;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    const pen = canvas.getContext('2d');
    const most = space.cellBytes / 4096;
    const shade = pages => pages === 0 ? 0 : 0.28 + 0.72 * Math.sqrt(pages / most);
    for (let cell = 0; cell < cells; cell++) {
      const left = Math.floor(cell * canvas.width / cells);
      const width = Math.floor((cell + 1) * canvas.width / cells) - left;
      pen.globalAlpha = 0.75 * shade(space.fullest[cell]);
      pen.fillStyle = colour('--two');
      pen.fillRect(left, 0, width, canvas.height);
      if (space.atEnd[cell] > 0) {
        pen.globalAlpha = 1;
        pen.fillStyle = colour('--paper');
        pen.fillRect(left, 0, width, canvas.height);
        pen.globalAlpha = shade(space.atEnd[cell]);
        pen.fillStyle = colour('--one');
        pen.fillRect(left, 0, width, canvas.height);
      }
    }
  }

  function figures() {
    const target = element('figures');
    [[number(data.maps), 'maps'], [number(data.unmaps), 'unmaps'],
      [number(data.eventsPerSecond), 'events a second'],
      ...(data.counted ? [[number(data.translations), 'translations'],
        [number(data.memoryReferencesPerTranslation, 3), 'fetches a translation']]
        : [[number(data.probedMaps), 'maps proved by DMA'], [number(data.probedUnmaps), 'unmaps proved by DMA']]),
      [number(data.probeFaults), 'probes refused, as due'],
      [number(data.peakLivePages), 'pages at most']].forEach(each => {
      const figure = add(target, 'div');
      add(figure, 'span', each[1]);
      add(figure, 'b', each[0]);
    });
  }

  function verdict() {
    const target = element('verdict');
    target.className = data.clean ? '' : 'bad';
    add(target, 'strong', data.clean ? 'Clean' : 'Not clean');
    const swaps = data.swaps.length === 0 ? '' : ' and ' + data.swaps.length + ' driver swap'
      + (data.swaps.length === 1 ? '' : 's');
    add(target, 'span', number(data.dmaRight) + ' DMA transactions' + swaps + ': ' + number(data.dmaLost) + ' lost, '
      + number(data.dmaWrong) + ' wrong, ' + number(data.dmaPaused) + ' paused, ' + number(data.unfit)
      + ' events unfit for this machine.' + (data.firstFault ? ' First: ' + data.firstFault + '.' : ''));
  }

  function tables() {
    if (data.counted) {
      cacheTable();
    }
    const ours = Object.entries(data.invalidations).map(each => [each[0], number(each[1]), '']);
    const theirs = Object.entries(data.invalidationsOfTrace).map(each => [each[0], '', number(each[1])]);
    table(element('invalidations'), ['invalidations', 'this driver', 'the recorded kernel'], ours.concat(theirs));
    const leaves = Object.entries(data.leavesByPageSize).map(each => number(each[1]) + ' of ' + each[0]).join(', ');
    element('leaves').textContent = 'Maps by length. As large as their addresses allow, they need pages: ' + leaves
      + '.';
    lazily();
    if (data.swaps.length > 0) {
      swapTable();
    }
  }

  function cacheTable() {
    table(element('caches'), ['', 'hits', 'misses', 'rate'], caches().map(cache => {
      const hits = data.cacheHits[cache];
      const misses = data.cacheMisses[cache] || 0;
      return [cache, number(hits), number(misses), number(100 * hits / (hits + misses), 1) + ' %'];
    }));
  }

  function swapTable() {
    const counts = data.counted ? ['translations', 'IOTLB misses'] : ['transactions'];
    add(element('swaps'), 'h2', 'Driver swaps');
    table(add(element('swaps'), 'table'), ['from → to', 'whole', 'gate closed', 'longest wait', ...counts, 'lost',
      'wrong'], data.swaps.map((swap, i) => [(i + 1) + '.  ' + swap.from + ' → ' + swap.to,
      millis(swap.totalNanos), millis(swap.gateClosedNanos), millis(swap.callWaitMaxNanos),
      ...(data.counted ? [number(swap.dmaDuring), number(swap.missesDuring)] : [number(swap.right)]),
      number(swap.lost), number(swap.wrong)]));
  }

  function lazily() {
    if (data.mode !== 'lazy') return;
    add(element('lazy'), 'h2', 'Lazy unmaps');
    add(element('lazy'), 'p', number(data.staleAccesses) + ' accesses got through after their unmap and before its '
      + 'flush; the longest such window was ' + millis(data.staleMaxNanos) + '.');
    table(add(element('lazy'), 'table'), ['flushed by', 'times'], Object.entries(data.flushes)
      .map(each => [each[0], number(each[1])]));
  }

  const file = data.trace.split(/[\\/]/).pop();
  document.title = file + ' - iommu4j replay';
  element('title').textContent = file;
  element('subtitle').textContent = number(data.lines) + ' lines played on ' + data.machine + ', ' + data.mode
    + ' mode, in ' + number(data.seconds, 2) + ' s; ' + data.iovaSpaces.length + ' domains, '
    + number(data.livePages) + ' pages mapped at the end'
    + data.notes.map(note => '; ' + note).join('');
  if (!data.counted) {
    ['cost', 'hits'].forEach(chart => element(chart).closest('section').remove());
  }
  verdict();
  figures();
  tables();
  drawCharts();
  window.matchMedia('(prefers-color-scheme: dark)').addListener(drawCharts);
  window.addEventListener('resize', drawSpaces);
})();
