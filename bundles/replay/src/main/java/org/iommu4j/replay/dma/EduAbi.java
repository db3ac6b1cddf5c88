package org.iommu4j.replay.dma;

/**
 * Registers of the educational device {@code edu}; QEMU documentation, "EDU device" (docs/specs/edu.rst). All little
 * endian, in BAR 0.
 * <pre>
 * 0x00  ID           u32  RRrr00ED: version, 0x01 0x00 today
 * 0x80  SOURCE       u64  address in memory, or in the device's buffer
 * 0x88  DESTINATION  u64  the other of the two
 * 0x90  COUNT        u64  bytes
 * 0x98  COMMAND      u64
 *
 *        63                            3       2        1       0
 *       +-------------------------------+-----------+-------+-------+
 *       |               0               | interrupt |to mem.|  run  |   run reads as 1 until the transfer has ended
 *       +-------------------------------+-----------+-------+-------+
 * </pre>
 * The buffer has 4096 bytes, at {@link #BUFFER} of the device's own addresses; a processor cannot read it.
 */
final class EduAbi {
    static final int ID = 0x00;
    static final int ID_BITS = 0xff;
    static final int EDU = 0xed;
    static final int SOURCE = 0x80;
    static final int DESTINATION = 0x88;
    static final int COUNT = 0x90;
    static final int COMMAND = 0x98;
    static final long RUN = 1;
    static final long TO_MEMORY = 1 << 1;
    static final long BUFFER = 0x40000;

    private EduAbi() {
    }
}
