package org.iommu4j.qemu.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a PC's only processor runs in place of a BIOS: it sleeps, and counts every interrupt into page 0 of
 * memory. 16-bit code, Intel 64 and IA-32 Architectures SDM volume 3: real-mode interrupts in section 21.1.4, the local
 * APIC's registers as MSRs in section 11.12.1.
 * <pre>
 *  page 0   0x000  interrupt vector table, 256 entries of 4 bytes
 *           0x400  counters, 256 of 32 bits, one a vector
 *           0x800  set to {@link Firmware#READY} once interrupts are counted
 *          0x1000  end of the stack
 *  image   0x0000  start      0x0100  a stub of 4 bytes for each vector      0x0500  the handler
 *          0xfff0  where the processor begins
 * </pre>
 */
public final class IdleFirmware {
    static final int VECTORS = 256;
    /** Physical address of the first counter. */
    static final long COUNTERS = 0x400;
    private static final long STATE = 0x800;

    private static final int SIZE = 0x10000;
    private static final int START = 0x0000;
    private static final int STUBS = 0x0100;
    private static final int STUB_BYTES = 4;
    private static final int HANDLER = 0x0500;
    private static final int RESET = 0xfff0;
    private static final byte HALT = (byte) 0xf4;
    private static final byte CALL = (byte) 0xe8;
    private static final int CALL_BYTES = 3;

    private static final String START_CODE = ""
            + "fa" //              cli
            + "31c0" //            xor   ax, ax
            + "8ed8" //            mov   ds, ax
            + "8ec0" //            mov   es, ax
            + "8ed0" //            mov   ss, ax
            + "bc0010" //          mov   sp, 0x1000
            + "31ff" //            xor   di, di
            + "fc" //              cld
            + "b80001" //          mov   ax, STUBS
            + "b90001" //          mov   cx, VECTORS
            + "ab" //        entry:stosw
            + "50" //              push  ax
            + "b800f0" //          mov   ax, 0xf000
            + "ab" //              stosw
            + "58" //              pop   ax
            + "050400" //          add   ax, STUB_BYTES
            + "e2f4" //            loop  entry
            + "66b91b000000" //    mov   ecx, IA32_APIC_BASE
            + "0f32" //            rdmsr
            + "0d000c" //          or    ax, enable | x2APIC
            + "0f30" //            wrmsr
            + "66b90f080000" //    mov   ecx, IA32_X2APIC_SIVR
            + "6631d2" //          xor   edx, edx
            + "66b8ff010000" //    mov   eax, enable | spurious vector 255
            + "0f30" //            wrmsr
            + "66c706000852454459" // mov dword [STATE], READY
            + "fb" //        sleep:sti
            + "f4" //              hlt
            + "ebfc"; //           jmp   sleep

    /** The stub's return address, which the call has pushed, tells the vector. */
    private static final String HANDLER_CODE = ""
            + "5b" //              pop   bx
            + "81eb0301" //        sub   bx, STUBS + CALL_BYTES
            + "66ff870004" //      inc   dword [bx + COUNTERS]
            + "66b90b080000" //    mov   ecx, IA32_X2APIC_EOI
            + "6631c0" //          xor   eax, eax
            + "6631d2" //          xor   edx, edx
            + "0f30" //            wrmsr
            + "cf"; //             iret

    private static final String RESET_CODE = "ea000000f0"; // jmp 0xf000:START

    private IdleFirmware() {
    }

    public static Firmware firmware() {
        return new Firmware(image(), STATE);
    }

    private static byte[] image() {
        ByteBuffer image = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(image.array(), HALT);
        put(image, START, START_CODE);
        for (int vector = 0; vector < VECTORS; vector++) {
            int stub = STUBS + vector * STUB_BYTES;
            image.put(stub, CALL).putShort(stub + 1, (short) (HANDLER - (stub + CALL_BYTES)));
        }
        put(image, HANDLER, HANDLER_CODE);
        put(image, RESET, RESET_CODE);
        return image.array();
    }

    private static void put(ByteBuffer image, int at, String code) {
        image.put(at, HexFormat.of().parseHex(code));
    }
}
