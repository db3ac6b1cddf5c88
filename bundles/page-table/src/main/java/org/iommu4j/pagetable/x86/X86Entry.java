package org.iommu4j.pagetable.x86;

/**
 * An entry of an x86 table: Intel SDM volume 3, section 4.5 (4-level and 5-level paging); as VT-d's first stage: VT-d
 * specification 4.x, section 9.7 (FS-PML5E, FS-PML4E, FS-PDPE, FS-PDE, FS-PTE), walked as section 3.6 says; as AMD's
 * guest translation: AMD64 APM volume 2, section 5.3, and AMD I/O Virtualization, section 2.2.6.
 * <pre>
 *  63   62..52   51 ................ 12   11..9   8    7    6   5    4     3     2    1    0
 * +----+--------+-----------------------+-------+----+----+---+---+-----+-----+----+----+---+
 * | XD |   -    |         ADDR          |   -   | G  | PS | D | A | PCD | PWT | US | RW | P |
 * +----+--------+-----------------------+-------+----+----+---+---+-----+-----+----+----+---+
 * </pre>
 * <ul>
 * <li>P: present. RW: writes are allowed. US: user requests are allowed, which all are that carry no privilege. A right
 * holds only if each entry on the way grants it, so links grant RW and US. There is no bit against reading.</li>
 * <li>A: the entry has been used. D: the page has been written; in leaves only. Hardware sets both by locked
 * operations.</li>
 * <li>PS: maps a page of 1 GiB or 2 MiB at that level; in FS-PTE it is PAT; reserved, 0, above.</li>
 * <li>ADDR: of the next table, or of the page, bits 29:12 or 20:12 then 0 (bit 12 of a large page is PAT); bits above
 * the host's width are 0.</li>
 * <li>XD: requests for execution are refused; reserved unless enabled (NXE in the PASID entry, EFER.NXE, NXSup).</li>
 * <li>PWT, PCD, PAT, G: left 0; on VT-d they would need memory types, and the PASID tells translations apart.</li>
 * </ul>
 */
public final class X86Entry {
    /** The entry is in use. */
    public static final long PRESENT = 1L;
    /** Requests may write. */
    public static final long WRITE = 1L << 1;
    /** Requests without privilege may use it. */
    public static final long USER = 1L << 2;
    /** The entry has been used. */
    public static final long ACCESSED = 1L << 5;
    /** The page has been written. */
    public static final long DIRTY = 1L << 6;
    /** The entry maps a page, above the last level. */
    public static final long PAGE_SIZE = 1L << 7;
    /** Address of a table or a page. */
    public static final long ADDRESS = (1L << 52) - (1L << 12);
    /** Requests for execution are refused. */
    public static final long EXECUTE_DISABLE = 1L << 63;

    /** Widest physical address that an entry holds. */
    static final int MAX_OUTPUT_BITS = 52;

    private X86Entry() {
    }
}
