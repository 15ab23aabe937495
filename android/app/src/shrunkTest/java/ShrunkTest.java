import org.satchel.bindings.SatchelKt;

/** Calls the core through what the shrinker left of JNA and the bindings. */
final class ShrunkTest {
    public static void main(String[] arguments) {
        System.out.println("shrunk classes call core " + SatchelKt.coreVersion());
    }
}
