package org.iommu4j.hwsim.firmware;

/**
 * DMA Remapping Reporting table; Intel VT-d specification 4.1, chapter 8. Offsets in bytes, little endian.
 * <pre>
 *  table (8.1)                            DRHD, DMA remapping hardware unit (8.3)
 *   0  4  "DMAR"                           0  2  type 0
 *   4  4  length                           2  2  length, scopes included
 *   8  1  revision                         4  1  flags: 0 INCLUDE_PCI_ALL
 *   9  1  checksum: all bytes add to 0     5  1  size
 *  10  6  OEM id                           6  2  segment
 *  16  8  OEM table id                     8  8  register base
 *  24  4  OEM revision                    16     device scopes
 *  28  4  creator id
 *  32  4  creator revision                device scope (8.3.1)
 *  36  1  host address width, less one     0  1  type: 1 endpoint, 2 sub-hierarchy
 *  37  1  flags: 0 INTR_REMAP              1  1  length
 *  38 10  reserved                         2  2  flags, reserved
 *  48     remapping structures             4  1  enumeration id, 0 for these types
 *                                          5  1  start bus
 *                                          6 2n  path: device, function of each hop
 * </pre>
 */
final class DmarLayout {
    static final String SIGNATURE = "DMAR";
    static final int LENGTH = 4;
    static final int CHECKSUM = 9;
    static final byte REVISION = 1;
    static final int RESERVED = 10;
    static final int HEADER_SIZE = 48;
    static final int HOST_ADDRESS_WIDTH = 36;

    static final int STRUCTURE_LENGTH = 2;
    static final int STRUCTURE_SIZE = 4;

    static final short DRHD = 0;
    static final int DRHD_FLAGS = 4;
    static final int DRHD_SEGMENT = 6;
    static final int DRHD_BASE = 8;
    static final int DRHD_SIZE = 16;
    static final byte INCLUDE_PCI_ALL = 1;

    static final byte SCOPE_ENDPOINT = 1;
    static final byte SCOPE_HIERARCHY = 2;
    static final int SCOPE_LENGTH = 1;
    static final int SCOPE_START_BUS = 5;
    static final int SCOPE_SIZE = 6;
    static final int HOP_SIZE = 2;

    private DmarLayout() {
    }
}
