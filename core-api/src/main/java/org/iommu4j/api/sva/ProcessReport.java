package org.iommu4j.api.sva;

/**
 * A process at one moment.
 *
 * @param parent number of the process that it was forked from, or 0
 * @param mapped bytes of all areas
 * @param resident bytes of pages that lie in memory for this process
 * @param swapped bytes of pages that it has touched and that do not; shared ones that only others have in memory count
 * @param tables bytes of page tables
 * @param faults page faults so far
 * @param reclaimed pages taken away so far because they were cold
 * @param notifiers how many are registered
 */
public record ProcessReport(int id, String name, int parent, boolean exited, long mapped, long resident, long swapped,
        long tables, long faults, long reclaimed, int notifiers) {
}
