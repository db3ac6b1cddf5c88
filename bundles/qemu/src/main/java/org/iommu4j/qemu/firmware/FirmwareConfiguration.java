package org.iommu4j.qemu.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Files that QEMU offers to firmware, read by its DMA interface; QEMU documentation, "QEMU Firmware Configuration
 * (fw_cfg) Device". All fields are big endian. Uses some memory and clears it again: for the time before
 * anybody else uses memory.
 * <pre>
 *  command       0 control: 31..16 key, 3 select, 1 read; all 0 once it is done well    4 length    8 address
 *  directory     0 number of entries, then each: 0 size   4 key (16 bits)   6 reserved   8 name, 56 bytes
 * </pre>
 */
public final class FirmwareConfiguration {
    private static final int DIRECTORY = 0x19;
    private static final int SELECT = 1 << 3;
    private static final int READ = 1 << 1;
    private static final int KEY_SHIFT = 16;
    private static final int COUNT_BYTES = 4;
    private static final int ENTRY_BYTES = 64;
    private static final int NAME_AT = 8;
    private static final int COMMAND_BYTES = 16;
    private static final int MAX_FILES = 256;
    private static final int MAX_BYTES = 16 << 20;

    private final PhysicalMemory memory;
    private final long command;
    private final long buffer;
    private final DmaRegister register;

    /** The register that takes a command's address, as two big-endian halves; the lower one starts the transfer. */
    @FunctionalInterface
    public interface DmaRegister {
        /** Halves in the byte order that arrives as big endian. */
        void write(int high, int low);
    }

    /** @param scratch physical address of memory that can be used, multiple of 4096 */
    public FirmwareConfiguration(PhysicalMemory memory, long scratch, DmaRegister register) {
        this.memory = memory;
        this.command = scratch;
        this.buffer = scratch + PhysicalMemory.PAGE;
        this.register = register;
    }

    /** @throws IommuException BAD_INPUT if there is no such file, or it is longer than any we know; IO */
    public byte[] file(String name) {
        ByteBuffer count = ByteBuffer.wrap(fetch(DIRECTORY, COUNT_BYTES));
        int files = Math.min(count.getInt(), MAX_FILES);
        ByteBuffer directory = ByteBuffer.wrap(fetch(DIRECTORY, COUNT_BYTES + files * ENTRY_BYTES));
        for (int at = COUNT_BYTES; at < directory.limit(); at += ENTRY_BYTES) {
            if (name(directory, at).equals(name)) {
                int size = directory.getInt(at);
                if (size < 0 || size > MAX_BYTES) {
                    throw IommuException.of(Reason.BAD_INPUT, "fw_cfg file %s has %d bytes; the limit is %d", name,
                            Integer.toUnsignedLong(size), MAX_BYTES);
                }
                return fetch(Short.toUnsignedInt(directory.getShort(at + COUNT_BYTES)), size);
            }
        }
        throw IommuException.of(Reason.BAD_INPUT, "QEMU offers no fw_cfg file %s", name);
    }

    private static String name(ByteBuffer directory, int entry) {
        byte[] bytes = new byte[ENTRY_BYTES - NAME_AT];
        directory.get(entry + NAME_AT, bytes);
        return new String(bytes, StandardCharsets.US_ASCII).replaceFirst("\0.*", "");
    }

    private byte[] fetch(int key, int length) {
        ByteBuffer words = ByteBuffer.allocate(COMMAND_BYTES).order(ByteOrder.BIG_ENDIAN);
        words.putInt(key << KEY_SHIFT | SELECT | READ).putInt(length).putLong(buffer);
        memory.write(command, words.array(), 0, COMMAND_BYTES);
        register.write(Integer.reverseBytes((int) (command >>> Integer.SIZE)), Integer.reverseBytes((int) command));
        int control = Integer.reverseBytes(memory.loadAcquire32(command));
        byte[] bytes = new byte[length];
        memory.read(buffer, bytes, 0, length);
        memory.fill(command, COMMAND_BYTES, 0);
        memory.write(buffer, new byte[length], 0, length);
        if (control != 0) {
            throw IommuException.of(Reason.IO, "fw_cfg key %#x: the transfer ends with %#x", key, control);
        }
        return bytes;
    }
}
