package org.iommu4j.hwsim.firmware;

/**
 * I/O Virtualization Reporting Structure; AMD 48882 chapter 5. Offsets in bytes, little endian.
 * <pre>
 *  table (5.2.1)                          IVHD, hardware definition block (5.2.2)
 *   0  4  "IVRS"                           0  1  type: 10h, 11h, 40h
 *   4  4  length                           1  1  flags
 *   8  1  revision                         2  2  length, device entries included
 *   9  1  checksum: all bytes add to 0     4  2  device id of the unit's own function
 *  10  6  OEM id                           6  2  offset of its capability block
 *  16  8  OEM table id                     8  8  register base
 *  24  4  OEM revision                    16  2  segment
 *  28  4  creator id                      18  2  interrupt message 4:0, unit id 12:8
 *  32  4  creator revision                20  4  10h: features; 11h, 40h: attributes
 *  36  4  information                     24  8  11h, 40h: extended features
 *  40  8  reserved                        32  8  11h, 40h: extended features 2
 *  48     blocks                          24 or 40  device entries
 *
 *  device entries, 4 or 8 bytes (5.2.2.2)          IVMD, memory definition block (5.2.3)
 *   0  1  type                                      0  1  type: 20h all, 21h one device, 22h range
 *   1  2  device id; 0 for special devices          1  1  flags
 *   3  1  settings of the device table entry        2  2  length, 32
 *   4  1  special: handle                           4  2  device id, or first
 *   5  2  alias, or id of a special device          6  2  22h: last device id
 *   7  1  special: variety, 1 IOAPIC, 2 HPET        8  8  reserved
 *                                                  16  8  start
 *                                                  24  8  length
 *  types: 2 one device, 3 start of range, 4 end of range, 43h start of a range of aliases, 48h special
 *  information: 0 EFRSup, 7:5 GVASize, 14:8 PASize, 21:15 VASize
 *  features of 10h: 1 NXSup, 2 GTSup, 4:3 GLXSup, 5 IASup, 7 HESup, 12:8 PASmax, 29:28 GATS, 31:30 HATS
 *  flags of IVHD: 5 Coherent
 * </pre>
 */
final class IvrsLayout {
    static final String SIGNATURE = "IVRS";
    static final int CHECKSUM = 9;
    static final byte REVISION = 2;
    static final int RESERVED = 8;
    static final int HEADER_SIZE = 48;
    static final int EFR_SUPPORTED = 1;

    static final int IVHD_10 = 0x10;
    static final int IVHD_SIZE = 24;
    static final int IVHD_LONG_SIZE = 40;
    static final byte COHERENT = 1 << 5;

    static final byte ONE = 0x02;
    static final byte RANGE = 0x03;
    static final byte RANGE_END = 0x04;
    static final byte ALIAS_RANGE = 0x43;
    static final byte SPECIAL = 0x48;
    static final byte IOAPIC = 1;
    static final byte HPET = 2;
    /** INIT, external interrupts, NMI, LINT0 and LINT1 pass; system management is as for all others. */
    static final byte INTERRUPTS_PASS = (byte) 0xc7;

    static final byte IVMD_ALL = 0x20;
    static final byte IVMD_ONE = 0x21;
    static final byte IVMD_RANGE = 0x22;
    static final int IVMD_SIZE = 32;

    private IvrsLayout() {
    }

    /** The features of a block 10h, as the extended feature register has them. */
    static int features(long efr) {
        return field(efr, 3, 1) << 1 | field(efr, 4, 1) << 2 | field(efr, 14, 2) << 3 | field(efr, 6, 1) << 5
                | field(efr, 8, 1) << 7 | field(efr, 32, 5) << 8 | field(efr, 12, 2) << 28 | field(efr, 10, 2) << 30;
    }

    private static int field(long register, int low, int width) {
        return (int) (register >>> low) & (1 << width) - 1;
    }
}
