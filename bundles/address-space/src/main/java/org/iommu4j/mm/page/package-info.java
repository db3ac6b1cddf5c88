/**
 * Pages of anonymous memory: what they hold, whether that lies in a frame or has been put aside, and how many processes
 * share them.
 */
package org.iommu4j.mm.page;
