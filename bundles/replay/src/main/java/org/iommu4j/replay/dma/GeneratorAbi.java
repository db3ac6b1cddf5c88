package org.iommu4j.replay.dma;

/**
 * The registers of a DMA generator, as its programming interface documents them. Offsets in bytes into BAR 0; all
 * registers are little endian.
 * <pre>
 * 0x00000  ID        u32  "DMAG"
 * 0x00004  CHANNELS  u32  how many
 * 0x10000 * (c + 1)  the window of channel c:
 *   +0x0000  PORTAL     64-byte writes of one descriptor
 *   +0x0040  COMPLETED  u64  completions produced since power on
 *   +0x0048  CONSUMED   u64  completions that software has taken
 *   +0x0050  ERROR      u64  latch, write 1 to clear
 *   +0x1000  RING       256 completions of 16 bytes
 *
 * descriptor word 0:  63        32 31        8 7       0
 *                    +------------+-----------+---------+
 *                    |    tag     |     0     | opcode  |
 *                    +------------+-----------+---------+
 *            word 1: IOVA    word 2: length (COPY)    word 3: data (WRITE)    words 4-7: 0
 *
 * completion word 0:  63        32 31        8 7       0       word 1: data read
 *                    +------------+-----------+---------+
 *                    |    tag     |     0     | status  |
 *                    +------------+-----------+---------+
 * </pre>
 */
final class GeneratorAbi {
    static final int ID = 0;
    static final int CHANNELS = 4;
    static final int DMAG = 0x47414D44;
    static final int WINDOW = 0x10000;
    static final int PORTAL = 0;
    static final int COMPLETED = 0x40;
    static final int CONSUMED = 0x48;
    static final int RING = 0x1000;
    static final int RING_ENTRIES = 256;
    static final int COMPLETION = 16;
    static final int TAG_SHIFT = 32;
    static final int STATUS_MASK = 0xFF;
    static final int DONE = 1;

    private GeneratorAbi() {
    }
}
