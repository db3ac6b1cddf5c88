package org.iommu4j.qemu.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.qtest.QtestClient;

/**
 * Files that QEMU offers to firmware, read by its DMA interface; QEMU documentation, "QEMU Firmware Configuration
 * (fw_cfg) Device". All fields are big endian. Uses some memory above 1 MiB and clears it again: for the time before
 * anybody else uses memory.
 * <pre>
 *  command       0 control: 31..16 key, 3 select, 1 read; all 0 once it is done well    4 length    8 address
 *  directory     0 number of entries, then each: 0 size   4 key (16 bits)   6 reserved   8 name, 56 bytes
 * </pre>
 */
public final class FirmwareConfiguration {
    private static final int DMA_ADDRESS_HIGH = 0x514;
    private static final int DMA_ADDRESS_LOW = 0x518;
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

    private static final long COMMAND = 1 << 20;
    private static final long BUFFER = COMMAND + PhysicalMemory.PAGE;

    private final QtestClient qemu;
    private final PhysicalMemory memory;

    public FirmwareConfiguration(QtestClient qemu, PhysicalMemory memory) {
        this.qemu = qemu;
        this.memory = memory;
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
        ByteBuffer command = ByteBuffer.allocate(COMMAND_BYTES).order(ByteOrder.BIG_ENDIAN);
        command.putInt(key << KEY_SHIFT | SELECT | READ).putInt(length).putLong(BUFFER);
        memory.write(COMMAND, command.array(), 0, COMMAND_BYTES);
        qemu.out32(DMA_ADDRESS_HIGH, Integer.reverseBytes((int) (COMMAND >>> Integer.SIZE)));
        qemu.out32(DMA_ADDRESS_LOW, Integer.reverseBytes((int) COMMAND));
        int control = Integer.reverseBytes(memory.loadAcquire32(COMMAND));
        byte[] bytes = new byte[length];
        memory.read(BUFFER, bytes, 0, length);
        memory.fill(COMMAND, COMMAND_BYTES, 0);
        memory.write(BUFFER, new byte[length], 0, length);
        if (control != 0) {
            throw IommuException.of(Reason.IO, "fw_cfg key %#x: the transfer ends with %#x", key, control);
        }
        return bytes;
    }
}
