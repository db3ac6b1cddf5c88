package org.iommu4j.core.recovery;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.HandoverRecord;

/**
 * The body of a record's file, as {@link java.io.DataOutput} writes: lists and texts begin with their length, enums are
 * their names.
 */
final class RecordText {
    /** More of anything is no record. */
    private static final int MOST = 1 << 20;

    private RecordText() {
    }

    private interface Writer<T> {
        void write(T item) throws IOException;
    }

    private interface Reader<T> {
        T read() throws IOException;
    }

    static void write(MachineRecord record, DataOutputStream out) throws IOException {
        out.writeUTF(record.machine());
        list(out, record.units(), unit -> {
            out.writeLong(unit.base());
            out.writeUTF(unit.architecture());
            write(unit.record(), out);
        });
        list(out, record.domains(), domain -> {
            out.writeLong(domain.id());
            out.writeUTF(domain.type().name());
            list(out, domain.flags().stream().sorted().toList(), flag -> out.writeUTF(flag.name()));
            out.writeInt(domain.home());
            out.writeBoolean(domain.tracking());
        });
        list(out, record.groups(), group -> {
            out.writeUTF(group.device().toString());
            out.writeLong(group.domain());
            out.writeLong(group.defaultDomain());
            out.writeUTF(group.owner());
            out.writeInt(group.claims());
        });
    }

    private static void write(HandoverRecord record, DataOutputStream out) throws IOException {
        out.writeUTF(record.schema());
        out.writeInt(record.version());
        list(out, List.copyOf(record.tags().entrySet()), tag -> {
            out.writeUTF(tag.getKey());
            out.writeInt(tag.getValue().length);
            for (long word : tag.getValue()) {
                out.writeLong(word);
            }
        });
        list(out, List.copyOf(new TreeSet<>(record.optional())), out::writeUTF);
    }

    static MachineRecord read(DataInputStream in) throws IOException {
        MachineRecord record = new MachineRecord(in.readUTF(),
                list(in, () -> new MachineRecord.UnitRow(in.readLong(), in.readUTF(), handover(in))),
                list(in, () -> new MachineRecord.DomainRow(in.readLong(), DomainType.valueOf(in.readUTF()), flags(in),
                        in.readInt(), in.readBoolean())),
                list(in, () -> new MachineRecord.GroupRow(PciAddress.parse(in.readUTF()), in.readLong(), in.readLong(),
                        in.readUTF(), in.readInt())));
        if (in.available() > 0) {
            throw new IOException(in.available() + " bytes after its end");
        }
        return record;
    }

    private static Set<DomainFlag> flags(DataInputStream in) throws IOException {
        Set<DomainFlag> flags = EnumSet.noneOf(DomainFlag.class);
        flags.addAll(list(in, () -> DomainFlag.valueOf(in.readUTF())));
        return flags;
    }

    private static HandoverRecord handover(DataInputStream in) throws IOException {
        String schema = in.readUTF();
        int version = in.readInt();
        Map<String, long[]> tags = new TreeMap<>();
        for (int rest = length(in); rest > 0; rest--) {
            String tag = in.readUTF();
            long[] words = new long[length(in)];
            for (int i = 0; i < words.length; i++) {
                words[i] = in.readLong();
            }
            tags.put(tag, words);
        }
        return new HandoverRecord(schema, version, tags, new HashSet<>(list(in, in::readUTF)));
    }

    private static <T> void list(DataOutputStream out, List<T> items, Writer<T> writer) throws IOException {
        out.writeInt(items.size());
        for (T item : items) {
            writer.write(item);
        }
    }

    private static <T> List<T> list(DataInputStream in, Reader<T> reader) throws IOException {
        List<T> items = new ArrayList<>();
        for (int rest = length(in); rest > 0; rest--) {
            items.add(reader.read());
        }
        return items;
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST) {
            throw new IOException("a list of " + length + " items; the limit is " + MOST);
        }
        return length;
    }
}
