package org.iommu4j.hwsim.firmware;

/**
 * I/O Remapping Table, revision 3; Arm DEN 0049E.b. Offsets in bytes, little endian.
 * <pre>
 *  table (3, after the header of 36 bytes)   node (3.1)                        id mapping (3.1)
 *  36  4  number of nodes                     0  1  type                        0  4  input base
 *  40  4  offset of the first node            1  2  length                      4  4  number of ids, less one
 *  44  4  reserved                            3  1  revision                    8  4  output base
 *                                             4  4  identifier                 12  4  offset of the output node
 *  ITS group (3.1.1.4), type 0                8  4  number of id mappings      16  4  flags: 0 single mapping
 *  16  4  number of ITSs                     12  4  offset of id mappings
 *  20 4n  their identifiers
 *                                            root complex (3.1.1.5), type 2
 *  SMMUv3 (3.1.1.2), type 4                  16  8  memory: 0 cache coherent, 56 CPM, 57 DACS
 *  16  8  register base                      24  4  ATS attribute
 *  24  4  flags: 0 COHACC override           28  4  PCI segment
 *  28  4  reserved                           32  1  memory address bits
 *  32  8  VATOS address                      33  3  reserved
 *  40  4  model, 0 generic
 *  44 16  GSIVs: event, PRI, GERR, sync
 *  60  4  proximity domain
 *  64  4  index of the mapping of its own messages
 * </pre>
 */
final class IortLayout {
    static final String SIGNATURE = "IORT";
    static final byte REVISION = 3;
    static final int TABLE_SIZE = 48;
    static final int NODE_SIZE = 16;
    static final int MAPPING_SIZE = 20;

    static final byte ITS_GROUP = 0;
    static final byte ITS_GROUP_REVISION = 1;
    static final int ITS_GROUP_SIZE = 24;

    static final byte ROOT_COMPLEX = 2;
    static final byte ROOT_COMPLEX_REVISION = 3;
    static final int ROOT_COMPLEX_SIZE = 36;
    /** Coherent by itself: cache coherent, with CPM and DACS. */
    static final long COHERENT = 0b11L << 56 | 1;

    static final byte SMMU = 4;
    static final byte SMMU_REVISION = 4;
    static final int SMMU_SIZE = 68;
    static final int COHACC_OVERRIDE = 1;

    static final int SINGLE_MAPPING = 1;

    private IortLayout() {
    }
}
