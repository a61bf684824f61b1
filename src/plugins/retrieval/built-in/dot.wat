;; The kernel of the vector index: rows of int8, `width` bytes each (a multiple of 16, padded with zeros), and a query of int16.
(module
  (memory (import "parley" "memory") 1 65536)

  ;; dot(query, rows, count, width, out): the product of the query with each row, as int32. All but `count` and `width` are addresses.
  (func (export "dot") (param $query i32) (param $row i32) (param $count i32) (param $width i32) (param $out i32)
    (local $end i32) (local $place i32) (local $q i32) (local $sum v128) (local $bytes v128)
    (if (i32.eqz (local.get $count)) (then (return)))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (loop $rows
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $place (i32.const 0))
      (local.set $q (local.get $query))
      (loop $chunks
        (local.set $bytes (v128.load (i32.add (local.get $row) (local.get $place))))
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.dot_i16x8_s (v128.load (local.get $q)) (i16x8.extend_low_i8x16_s (local.get $bytes)))))
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.dot_i16x8_s (v128.load offset=16 (local.get $q)) (i16x8.extend_high_i8x16_s (local.get $bytes)))))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $place (i32.add (local.get $place) (i32.const 16)))
        (br_if $chunks (i32.lt_u (local.get $place) (local.get $width))))
      (i32.store (local.get $out) (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
      (local.set $row (i32.add (local.get $row) (local.get $width)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $out) (local.get $end))))))
