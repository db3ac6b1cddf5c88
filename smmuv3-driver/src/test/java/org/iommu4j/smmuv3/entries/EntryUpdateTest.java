package org.iommu4j.smmuv3.entries;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever words hardware reads between two syncs, old or new each, what they say is the old or the new entry. What an
 * entry says is read here from section 5.2, by bits, with nothing of the driver.
 */
class EntryUpdateTest {
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);
    private static final Translation ANY_STAGE1 =
            new Translation(Translation.Kind.STAGE1, 0x100000, 12, 48, 44, 3, false);

    @Test
    void every_mixture_of_a_hitless_update_says_the_old_or_the_new_entry() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int hitless = 0;
        for (int i = 0; i < 3000 * SCALE; i++) {
            long[] old = entry(random);
            long[] now = entry(random);
            EntryUpdate update = new EntryUpdate(StreamEntry::used, old, now);
            if (update.isHitless()) {
                hitless++;
                String message = "seed " + seed + ", " + text(old) + " to " + text(now);
                assertMixtures(update, old, now, message);
            }
        }
        assertTrue(hitless > 1000, "seed " + seed + ": " + hitless);
    }

    private static void assertMixtures(EntryUpdate update, long[] old, long[] now, String message) {
        long[] memory = old.clone();
        long[] synced = old.clone();
        update.run(new EntryUpdate.Target() {
            @Override
            public void store(int word, long value) {
                memory[word] = value;
            }

            @Override
            public void sync() {
                for (int choice = 0; choice < 16; choice++) {
                    long[] mixture = new long[8];
                    for (int word = 0; word < 8; word++) {
                        mixture[word] = (choice >> word & 1) != 0 || word > 3 ? memory[word] : synced[word];
                    }
                    String meaning = meaning(mixture);
                    assertTrue(meaning.equals(meaning(old)) || meaning.equals(meaning(now)),
                            message + ": hardware reads " + text(mixture) + " as " + meaning);
                }
                System.arraycopy(memory, 0, synced, 0, 8);
            }
        });
        assertArrayEquals(now, memory, message);
        assertArrayEquals(now, synced, message + ": the last store is not followed by a sync");
    }

    @Test
    void which_changes_are_hitless_is_what_the_documents_say() {
        long[] abort = encode(Translation.BLOCKED, 0);
        long[] bypass = encode(Translation.IDENTITY, 0);
        long[] first = encode(ANY_STAGE1, 0x1000);
        long[] otherTable = encode(ANY_STAGE1, 0x2000);
        long[] second = encode(stage2(1, 0x100000), 0);
        for (long[] from : List.of(abort, bypass, first, second)) {
            for (long[] to : List.of(abort, bypass)) {
                assertTrue(new EntryUpdate(StreamEntry::used, from, to).isHitless());
                assertTrue(new EntryUpdate(StreamEntry::used, to, from).isHitless());
            }
        }
        assertTrue(new EntryUpdate(StreamEntry::used, first, otherTable).isHitless());
        assertFalse(new EntryUpdate(StreamEntry::used, first, second).isHitless(), "VMID tags stage 1 too");
        EntryUpdate both = new EntryUpdate(StreamEntry::used, second, encode(stage2(2, 0x200000), 0));
        assertFalse(both.isHitless());
        assertThrows(IllegalStateException.class, () -> both.run(null));
    }

    @Test
    void a_context_that_is_not_valid_is_filled_from_the_last_word_to_the_first() {
        long[] now = ContextEntry.encode(ANY_STAGE1);
        List<String> steps = new ArrayList<>();
        EntryUpdate update = new EntryUpdate(ContextEntry::used, new long[8], now);
        assertTrue(update.isHitless());
        update.run(new EntryUpdate.Target() {
            @Override
            public void store(int word, long value) {
                steps.add("word " + word);
            }

            @Override
            public void sync() {
                steps.add("sync");
            }
        });
        assertEquals(List.of("word 1", "word 3", "sync", "word 0", "sync"), steps);
        Translation other = new Translation(Translation.Kind.STAGE1, 0x200000, 12, 48, 44, 4, false);
        assertFalse(new EntryUpdate(ContextEntry::used, now, ContextEntry.encode(other)).isHitless(),
                "ASID in word 0, table in word 1");
    }

    private static long[] entry(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> encode(Translation.BLOCKED, 0);
            case 1 -> encode(Translation.IDENTITY, 0);
            case 2 -> encode(ANY_STAGE1, (1 + random.nextInt(3)) * 0x1000L);
            case 3 -> encode(stage2(1 + random.nextInt(2), (1 + random.nextInt(2)) * 0x100000L), 0);
            default -> {
                long[] garbage = random.longs(8).toArray();
                garbage[0] &= ~1L; // not valid, whatever else it says
                yield garbage;
            }
        };
    }

    private static long[] encode(Translation translation, long contexts) {
        return StreamEntry.encode(translation, new ContextTables.Place(contexts, 0, 0));
    }

    private static Translation stage2(int vmid, long root) {
        return new Translation(Translation.Kind.STAGE2, root, 12, 44, 44, vmid, false);
    }

    /** Section 5.2: V is bit 0, Config bits 3 to 1; which other bits count. */
    private static String meaning(long[] words) {
        if ((words[0] & 1) == 0) {
            return "not valid";
        }
        int config = (int) (words[0] >>> 1) & 7;
        String attributes = Long.toHexString(words[1] >>> 44 & 3);
        return switch (config) {
            case 0, 1, 2, 3 -> "abort";
            case 4 -> "bypass, SHCFG " + attributes;
            case 5 -> String.format("stage 1, CDs %x, attributes %x, VMID %x", words[0] & ~0xfL,
                    words[1] & 0xf80800ffL, words[2] & 0xffff);
            case 6 -> String.format("stage 2, control %x, attributes %x %s, table %x", words[2] & 0x07ffffff0000ffffL,
                    words[1] & 0x32080000L, attributes, words[3] & 0xffffffffffff0L);
            default -> "both";
        };
    }

    private static String text(long[] words) {
        return Arrays.toString(Arrays.stream(words).mapToObj(Long::toHexString).toArray());
    }
}
