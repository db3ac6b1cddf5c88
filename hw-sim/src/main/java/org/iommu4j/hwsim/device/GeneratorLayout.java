package org.iommu4j.hwsim.device;

/**
 * Registers of the DMA generator: a device that does single transfers on request and says how each ended. It is class
 * ff0000, vendor 1234, device 11e9 (next to edu) unless the machine's definition says otherwise; everything lies in
 * BAR 0, which is 1 MiB, little endian.
 * <pre>
 *  0x0000  u32 RO  "DMAG"
 *  0x0004  u32 RO  number of channels, 1 to 15
 *  0x10000 * (c + 1)  window of channel c
 *
 *  in a window, all 64-bit:
 *  +0x0000  WO    portal: 64-byte writes, one descriptor each
 *  +0x0040  RO    completed: completions produced since power on
 *  +0x0048  RW    consumed: how many of them software has taken
 *  +0x0050  RW1C  error latch
 *  +0x1000  RO    completion ring, 256 entries of 16 bytes; completion n is in entry n mod 256
 *
 *  descriptor    63                            32 31          8 7        0
 *               +--------------------------------+-------------+----------+
 *       word 0  | tag                            | 0           | opcode   |
 *       word 1  | IOVA                                                    |
 *       word 2  | length in bytes, 0 to 65536 (COPY; else not looked at)  |
 *       word 3  | data (WRITE), destination IOVA (COPY)                   |
 *     4 to 7    | 0                                                       |
 *               +---------------------------------------------------------+
 *
 *  completion    63                            32 31          8 7        0
 *               +--------------------------------+-------------+----------+
 *       word 0  | tag                            | 0           | status   |  written last
 *       word 1  | data read (READ), bytes copied (COPY), else 0           |
 *               +---------------------------------------------------------+
 *
 *  error latch: 0 a posted descriptor was dropped: the channel was full
 *               1 software wrote to consumed a number that is below the one before or above completed; it was ignored
 * </pre>
 * A channel accepts a descriptor while it holds fewer than 256 that software has not consumed; {@code enqueue64Bytes}
 * is answered with retry beyond that, {@code store64Bytes} drops the descriptor and sets the error latch. Any thread
 * may write to the portal. The transfers of a channel are done in the order in which they were accepted, one after the
 * other. READ and WRITE are one transaction, aligned to its size; COPY is any number of them, each within a page of
 * 4 KiB, read and then written, and ends at the first that is aborted. A 32-bit write to the interrupt window is an
 * interrupt message. An unknown opcode, an IOVA that is not aligned and a COPY that is too long complete as aborted.
 */
public final class GeneratorLayout {
    public static final int ID = 0;
    public static final int CHANNELS = 4;
    /** "DMAG" as bytes. */
    public static final int ID_VALUE = 0x47414d44;
    public static final int MAX_CHANNELS = 15;

    /** Size of a channel's window; channel c has number c + 1. */
    public static final int WINDOW_LG2 = 16;
    public static final int PORTAL = 0x0000;
    public static final int COMPLETED = 0x0040;
    public static final int CONSUMED = 0x0048;
    public static final int ERRORS = 0x0050;
    public static final int RING = 0x1000;
    public static final int RING_ENTRIES = 256;
    public static final int RING_ENTRY = 16;

    /** Words of a descriptor that mean something. */
    static final int WORDS = 4;
    public static final int READ64 = 1;
    public static final int WRITE64 = 2;
    public static final int READ32 = 3;
    public static final int WRITE32 = 4;
    public static final int COPY = 5;
    public static final int MAX_COPY = 1 << 16;

    public static final int DONE = 1;
    public static final int ABORTED = 2;

    public static final int ERROR_DROPPED = 1;
    public static final int ERROR_CONSUMED = 1 << 1;

    private static final int OPCODE_MASK = 0xff;
    private static final int TAG_SHIFT = 32;

    private GeneratorLayout() {
    }

    /** Offset of a register in the window of a channel. */
    public static long channel(int channel, int register) {
        return (channel + 1L << WINDOW_LG2) + register;
    }

    static int opcode(long word0) {
        return (int) word0 & OPCODE_MASK;
    }

    static long completion(long word0, boolean done) {
        return word0 >>> TAG_SHIFT << TAG_SHIFT | (done ? DONE : ABORTED);
    }
}
