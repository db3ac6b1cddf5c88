package org.iommu4j.api.status;

/**
 * One driver service at this moment.
 *
 * @param bundle symbolic name and version
 * @param bundleId of the framework
 * @param units how many units it is in charge of
 * @param pinned true if a swap chose it explicitly
 */
public record DriverReport(String architecture, String bundle, long bundleId, int ranking, int units, boolean pinned) {
}
