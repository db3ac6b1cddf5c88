package org.iommu4j.core.recovery;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A machine's record on disk. A new one takes the old one's place by a rename, so that a death of this process at any
 * moment leaves one of the two; if the whole computer dies, so does the machine. One thread at a time.
 * <pre>
 *  0 magic "I4JR"   4 version   8 length of the body   12 CRC-32C of the body   16 body, see {@link RecordText}
 * </pre>
 * All numbers are 32 bits, big endian.
 */
public final class RecordFile {
    private static final int MAGIC = 0x49344a52;
    private static final int VERSION = 1;
    private static final int HEADER = 16;

    private final Path file;

    public RecordFile(Path file) {
        this.file = file;
    }

    /** The bytes of a record's file. */
    static byte[] bytes(MachineRecord record) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(body)) {
            RecordText.write(record, out);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "a record does not fit into memory: " + e, e);
        }
        ByteBuffer whole = ByteBuffer.allocate(HEADER + body.size());
        whole.putInt(MAGIC).putInt(VERSION).putInt(body.size()).putInt(checksum(body.toByteArray()));
        return whole.put(body.toByteArray()).array();
    }

    /** @throws IommuException IO if it cannot be written; the former one is still there then */
    void write(byte[] bytes) {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "record " + file + " cannot be written: " + e, e);
        }
    }

    /** There is nothing to take over any more. */
    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "record " + file + " cannot be deleted: " + e, e);
        }
    }

    /** @throws IommuException BAD_INPUT if it is absent, not whole, or of another version */
    public MachineRecord read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, "record " + file + " cannot be read: " + e, e);
        }
        ByteBuffer whole = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || whole.getInt() != MAGIC) {
            throw bad("is no record: it does not begin as one");
        }
        int version = whole.getInt();
        if (version != VERSION) {
            throw bad("is of version " + version + ", this core reads " + VERSION);
        }
        int length = whole.getInt();
        int checksum = whole.getInt();
        if (length != bytes.length - HEADER) {
            throw bad("has " + (bytes.length - HEADER) + " bytes after its header, which says " + length);
        }
        byte[] body = new byte[length];
        whole.get(body);
        if (checksum(body) != checksum) {
            throw bad("has a wrong checksum");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            return RecordText.read(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new IommuException(Reason.BAD_INPUT, "record " + file + " has a body that is none: " + e, e);
        }
    }

    private IommuException bad(String what) {
        return new IommuException(Reason.BAD_INPUT, "record " + file + " " + what);
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
