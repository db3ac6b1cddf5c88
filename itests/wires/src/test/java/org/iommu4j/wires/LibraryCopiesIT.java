package org.iommu4j.wires;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The libraries are copied, not wired: into the bundles that may hold them, and as they were last built. */
class LibraryCopiesIT {
    private static final Set<String> LIBRARIES =
            Set.of("org.iommu4j.pagetable", "org.iommu4j.acpi", "org.iommu4j.driver");
    private static final Map<String, Set<String>> CARRIERS = Map.of("org.iommu4j.vtd", LIBRARIES,
            "org.iommu4j.smmuv3", LIBRARIES, "org.iommu4j.amdvi", LIBRARIES,
            "org.iommu4j.mm", Set.of("org.iommu4j.pagetable"));

    private final List<BuiltBundle> bundles = BuiltBundle.all();

    @Test
    void onlyCarriersHoldACopy() {
        for (BuiltBundle bundle : bundles) {
            if (!CARRIERS.containsKey(bundle.symbolicName()) && !LIBRARIES.contains(bundle.symbolicName())) {
                assertEquals(Set.of(), copies(bundle).keySet(), bundle.file());
            }
        }
    }

    @Test
    void carriersHoldTheLibrariesTheyRunOn() {
        for (BuiltBundle carrier : carriers()) {
            for (String library : CARRIERS.get(carrier.symbolicName())) {
                String folder = library.replace('.', '/') + "/";
                assertTrue(copies(carrier).keySet().stream().anyMatch(path -> path.startsWith(folder)
                        && !path.endsWith("package-info.class")), carrier.file() + " holds no copy of " + library);
            }
        }
    }

    @Test
    void aCopyEqualsTheLibraryOfThisBuild() {
        Map<String, byte[]> originals = new HashMap<>();
        bundles.stream().filter(b -> LIBRARIES.contains(b.symbolicName()))
                .forEach(library -> originals.putAll(library.classes()));
        for (BuiltBundle carrier : carriers()) {
            copies(carrier).forEach((path, bytes) ->
                    assertArrayEquals(originals.get(path), bytes, carrier.file() + " holds a stale " + path));
        }
    }

    private List<BuiltBundle> carriers() {
        return bundles.stream().filter(b -> CARRIERS.containsKey(b.symbolicName())).toList();
    }

    private static Map<String, byte[]> copies(BuiltBundle bundle) {
        return bundle.classes().entrySet().stream()
                .filter(e -> LIBRARIES.stream().anyMatch(l -> e.getKey().startsWith(l.replace('.', '/') + "/")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
