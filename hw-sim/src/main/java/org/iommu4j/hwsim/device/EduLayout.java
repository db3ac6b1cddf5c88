package org.iommu4j.hwsim.device;

/**
 * Registers of QEMU's educational device; QEMU documentation, "EDU device" (docs/specs/edu.rst). Offsets below 0x80
 * take 32-bit accesses alone, the others 32 or 64 bits. What is not listed reads as ones and ignores writes.
 * <pre>
 *  0x00 RO  identification 0xRRrr00ed: major, minor version
 *  0x04 RW  liveness: reads as the inverse of what was written
 *  0x08 RW  factorial: a number is written, its factorial (modulo 2^32) is read
 *  0x20 RW  status: 0 computing (RO), 7 raise interrupt 0x1 after a factorial
 *  0x24 RO  interrupt status
 *  0x60 WO  interrupt raise: its bits are set in the interrupt status
 *  0x64 WO  interrupt acknowledge: its bits are cleared there
 *  0x80 RW  DMA source      \
 *  0x88 RW  DMA destination  > not writable while a transfer runs
 *  0x90 RW  DMA count       /
 *  0x98 RW  DMA command: 0 run, 1 direction (0 memory to device), 2 raise interrupt 0x100 at the end
 *
 *  0x40000 to 0x40fff  the device's buffer, as a DMA address
 * </pre>
 */
public final class EduLayout {
    public static final int IDENTIFICATION = 0x00;
    public static final int LIVENESS = 0x04;
    public static final int FACTORIAL = 0x08;
    public static final int STATUS = 0x20;
    public static final int INTERRUPT_STATUS = 0x24;
    public static final int INTERRUPT_RAISE = 0x60;
    public static final int INTERRUPT_ACKNOWLEDGE = 0x64;
    public static final int DMA_SOURCE = 0x80;
    public static final int DMA_DESTINATION = 0x88;
    public static final int DMA_COUNT = 0x90;
    public static final int DMA_COMMAND = 0x98;

    /** First offset that takes 64-bit accesses. */
    public static final int WIDE_FROM = DMA_SOURCE;
    /** Version 1.0. */
    public static final int ID = 0x010000ed;
    public static final int STATUS_COMPUTING = 1;
    public static final int STATUS_INTERRUPT_AFTER_FACTORIAL = 1 << 7;
    public static final int COMMAND_RUN = 1;
    public static final int COMMAND_TO_MEMORY = 1 << 1;
    public static final int COMMAND_INTERRUPT = 1 << 2;
    public static final int INTERRUPT_OF_FACTORIAL = 1;
    public static final int INTERRUPT_OF_DMA = 0x100;
    public static final long BUFFER = 0x40000;
    public static final int BUFFER_SIZE = 4096;

    private EduLayout() {
    }
}
