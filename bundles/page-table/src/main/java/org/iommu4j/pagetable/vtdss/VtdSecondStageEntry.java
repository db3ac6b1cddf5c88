package org.iommu4j.pagetable.vtdss;

/**
 * An entry of a second-stage table: Intel VT-d specification, revision 4.x, section 9.8 (SS-PML5E, SS-PML4E, SS-PDPE,
 * SS-PDE, SS-PTE); how they are walked: section 3.7.
 * <pre>
 *  63    62..52   51 ................ 12   11   10   9   8   7   6    5..3   2   1   0
 * +----+---------+-----------------------+----+----+---+---+---+----+------+---+---+---+
 * | -  |    -    |         ADDR          |SNP | -  | D | A |PS |IPAT| EMT  | X | W | R |
 * +----+---------+-----------------------+----+----+---+---+---+----+------+---+---+---+
 * </pre>
 * <ul>
 * <li>R, W: requests may read, may write. A right holds only if each entry on the way grants it, so links grant both.
 * An entry with neither is not present.</li>
 * <li>PS: set in SS-PDPE and SS-PDE it maps a page of 1 GiB or 2 MiB; ignored in SS-PTE; reserved, 0, above.</li>
 * <li>ADDR: of the next table, or of the page, bits 29:12 or 20:12 then 0; bits above the host's width are 0.</li>
 * <li>A, D: written 0. Hardware sets A in each entry that it uses and D in the leaf of a page that it writes, by locked
 * operations, where ECAP.SSADS is there and the PASID entry's SSADE asks for it; else it ignores both.</li>
 * <li>X, EMT, IPAT, SNP: left 0. SNP needs ECAP.SC.</li>
 * </ul>
 *
 * <p><b>Write-only pages.</b> R and W are independent: W without R is a legal entry, and section 11.4.2 describes by
 * CAP.ZLR what a zero-length read of a "write-only page" does. So a leaf grants exactly what was asked for. (Linux long
 * set R in every VT-d leaf, because first-stage entries cannot be write-only; its second-stage tables of that time
 * show W only with R.)
 */
public final class VtdSecondStageEntry {
    /** Requests may read. */
    public static final long READ = 1L;
    /** Requests may write. */
    public static final long WRITE = 1L << 1;
    /** The entry maps a page, above the last level. */
    public static final long PAGE_SIZE = 1L << 7;
    /** The page has been written since this bit was last 0. */
    public static final long DIRTY = 1L << 9;
    /** Address of a table or a page. */
    public static final long ADDRESS = (1L << 52) - (1L << 12);

    /** Widest physical address that an entry holds. */
    static final int MAX_OUTPUT_BITS = 52;

    private VtdSecondStageEntry() {
    }
}
