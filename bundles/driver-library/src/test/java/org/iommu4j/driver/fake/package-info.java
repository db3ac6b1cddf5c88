/** Ports without hardware behind them, for the tests of all drivers. */
package org.iommu4j.driver.fake;
