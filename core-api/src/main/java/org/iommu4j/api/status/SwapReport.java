package org.iommu4j.api.status;

import java.util.List;

/**
 * How a swap went.
 *
 * @param from bundle and version of the predecessor
 * @param to bundle and version of the successor
 * @param method {@code adopt}: the successor took the record over
 * @param units how many units changed hands
 * @param recordWords 64-bit words in all records
 * @param totalNanos from the request until the predecessor was uninstalled
 * @param gateClosedNanos how long control calls had to wait at most
 * @param callWaitMaxNanos the longest that one call did wait; 0 if none came
 * @param phases name and duration of each step, {@code name=nanos}
 */
public record SwapReport(String from, String to, String method, int units, long recordWords, long totalNanos,
        long gateClosedNanos, long callWaitMaxNanos, List<String> phases) {
    public SwapReport {
        phases = List.copyOf(phases);
    }
}
