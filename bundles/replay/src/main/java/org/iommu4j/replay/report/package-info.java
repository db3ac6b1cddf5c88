/**
 * What a replay says when it is over: a text and a page for people, JSON with fixed names for programs.
 * <p>
 * The page's parts are resources of this package: {@code page.html}, {@code page.css} and {@code page.js} are ours,
 * {@code Chart.min.js} comes from the Chart.js library at build time.
 */
package org.iommu4j.replay.report;
